"""Writes an OCI image layout: index, manifest, configuration and layers, named by their digest.

The same files give the same bytes: names in order, no times, no owners. Layers are plain
tars, so that whoever serves a file finds it at its place in the layer and unpacks nothing.
"""

import io
import json
import tarfile
from collections.abc import Iterable
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_NAME = "org.opencontainers.image.ref.name"

Files = Iterable[tuple[str, bytes]]
"""Relative name and content of each file of a layer, in the order of names."""


def write(folder: Path, name: str, layers: Iterable[Files]) -> None:
    """Write an image called `name` (repository:tag) as a layout of its own."""
    blobs = folder / "blobs/sha256"
    blobs.mkdir(parents=True)
    tars = [_layer(blobs, files) for files in layers]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [one["digest"] for one in tars]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": _document(blobs, _CONFIG, config),
        "layers": tars,
    }
    found = {**_document(blobs, _MANIFEST, manifest), "annotations": {_NAME: name}}
    index = {"schemaVersion": 2, "manifests": [found]}
    (folder / "index.json").write_bytes(_json(index))
    (folder / "oci-layout").write_bytes(_json({"imageLayoutVersion": "1.0.0"}))


def _layer(blobs: Path, files: Files) -> dict[str, Any]:
    fresh = blobs / "fresh"
    with tarfile.open(fresh, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    with fresh.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    size = fresh.stat().st_size
    fresh.rename(blobs / digest)
    return _described(_LAYER, digest, size)


def _document(blobs: Path, kind: str, document: object) -> dict[str, Any]:
    content = _json(document)
    digest = sha256(content).hexdigest()
    (blobs / digest).write_bytes(content)
    return _described(kind, digest, len(content))


def _described(kind: str, digest: str, size: int) -> dict[str, Any]:
    return {"mediaType": kind, "digest": f"sha256:{digest}", "size": size}


def _json(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
