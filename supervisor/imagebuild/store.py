"""A store for podman's eyes in which a folder of files is an image already. Pure.

The image that a Dockerfile begins with is here as a read-only folder, and copying it takes
longer than most builds. containers/storage reads images of further stores without copying,
and a layer of its overlay driver is a folder: ours is a link to the files themselves. The
layer's digest is that of the tar that `base.pack` makes of them.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from json import dumps

_LINK = "PODIUMBASEIMAGELAYER000000"
"""Name of the layer's short link; the driver's own have 26 characters of base 32."""
_CREATED = "2020-01-01T00:00:00Z"
"""No clock: the same files are the same image."""


def files_of(digest: str, size: int, names: Sequence[str]) -> dict[str, str]:
    """Return path → text of the store; `digest` and `size` are of the layer's tar."""
    layer = digest.removeprefix("sha256:")
    config = dumps(
        {
            "created": _CREATED,
            "architecture": "amd64",
            "os": "linux",
            "config": {"User": "gitpod", "WorkingDir": "/", "Env": [_PATH], "Cmd": ["/bin/bash"]},
            "rootfs": {"type": "layers", "diff_ids": [digest]},
            "history": [{"created": _CREATED, "created_by": "podium"}],
        }
    )
    identity = _hex(config)
    manifest = dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "digest": f"sha256:{identity}",
                "size": len(config),
            },
            "layers": [
                {
                    "mediaType": "application/vnd.oci.image.layer.v1.tar",
                    "digest": digest,
                    "size": size,
                }
            ],
        }
    )
    data = {
        "manifest": manifest,
        f"manifest-sha256:{_hex(manifest)}": manifest,
        f"sha256:{identity}": config,
    }
    return {
        "overlay-images/images.json": dumps([_image(identity, layer, names, data)]),
        "overlay-images/images.lock": "",
        "overlay-layers/layers.json": dumps([_layer(layer, digest, size)]),
        "overlay-layers/layers.lock": "",
        f"overlay/{layer}/link": _LINK,
        **{f"overlay-images/{identity}/{_file(name)}": text for name, text in data.items()},
    }


def links_of(digest: str, base: str) -> dict[str, str]:
    """Return path → target of the store's links."""
    layer = digest.removeprefix("sha256:")
    return {f"overlay/{layer}/diff": base, f"overlay/l/{_LINK}": f"../{layer}/diff"}


_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def _image(
    identity: str, layer: str, names: Sequence[str], data: Mapping[str, str]
) -> dict[str, object]:
    return {
        "id": identity,
        "digest": f"sha256:{_hex(data['manifest'])}",
        "names": list(names),
        "layer": layer,
        "metadata": "{}",
        "big-data-names": list(data),
        "big-data-sizes": {name: len(text) for name, text in data.items()},
        "big-data-digests": {name: f"sha256:{_hex(text)}" for name, text in data.items()},
        "created": _CREATED,
    }


def _layer(layer: str, digest: str, size: int) -> dict[str, object]:
    return {
        "id": layer,
        "created": _CREATED,
        "compressed-diff-digest": digest,
        "compressed-size": size,
        "diff-digest": digest,
        "diff-size": size,
        "compression": 0,
    }


def _file(name: str) -> str:
    """Return the name of a datum's file, as containers/storage makes it."""
    plain = name.isascii() and name.isalnum()
    return name if plain else f"={b64encode(name.encode()).decode()}"


def _hex(text: str) -> str:
    return sha256(text.encode()).hexdigest()
