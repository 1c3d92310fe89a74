"""Images laid above others: what the manifest and the configuration of the whole say."""

import json

import msgspec
import pytest

from blobserve.core.laid import Addition, Base, Layer, addition, lay
from blobserve.core.modifiers import SKIP_LABEL, Modifier
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Config, Descriptor, Manifest, read_config, read_manifest
from kit.oci.core.media import (
    DOCKER_CONFIG,
    DOCKER_LAYER,
    DOCKER_LAYER_GZIP,
    DOCKER_MANIFEST,
    OCI_CONFIG,
    OCI_LAYER,
    OCI_LAYER_GZIP,
    OCI_MANIFEST,
)
from kit.oci.core.refusals import Refused

CONFIG = {
    "architecture": "amd64",
    "os": "linux",
    "config": {
        "Env": ["PATH=/usr/bin", "LANG=C"],
        "Entrypoint": ["/run.sh"],
        "Cmd": ["serve"],
        "User": "1000",
        "WorkingDir": "/srv",
        "Labels": {"a": "b"},
        "Healthcheck": {"Test": ["CMD", "true"]},
        "OnBuild": None,
    },
    "rootfs": {"type": "layers", "diff_ids": [digest_of(b"one"), digest_of(b"two")]},
    "history": [{"created_by": "FROM x"}],
    "variant": "v1",
    "moby.buildkit.buildinfo": "kept",
}


def layer(name: bytes, media_type: str = OCI_LAYER_GZIP) -> Descriptor:
    return Descriptor(media_type, digest_of(b"packed " + name), 10)


def base(config: object = CONFIG, *, docker: bool = False) -> Base:
    body = json.dumps(config).encode()
    kind = DOCKER_LAYER_GZIP if docker else OCI_LAYER_GZIP
    manifest = Manifest(
        2,
        Descriptor(DOCKER_CONFIG if docker else OCI_CONFIG, digest_of(body), len(body)),
        [layer(b"one", kind), layer(b"two", kind)],
        annotations={"who": "me"},
    )
    return Base(
        "docker.io/x/y@sha256:z", manifest, DOCKER_MANIFEST if docker else OCI_MANIFEST, body
    )


ABOVE = Addition(
    [Layer(Descriptor(OCI_LAYER, digest_of(b"ide"), 99), digest_of(b"ide"), "podium ide")],
    [Modifier("PATH", "APPEND", "/ide/bin:"), Modifier("EDITOR", "SET", "code")],
)


def test_layers_and_differences_come_above_in_order() -> None:
    whole = lay(base(), [Addition([]), ABOVE])
    manifest = read_manifest(whole.manifest, whole.media_type)
    assert isinstance(manifest, Manifest)
    assert [one.digest for one in manifest.layers] == [
        digest_of(b"packed one"),
        digest_of(b"packed two"),
        digest_of(b"ide"),
    ]
    config = read_config(whole.config, manifest)
    assert config.rootfs.diff_ids[-1] == digest_of(b"ide")
    assert manifest.config == Descriptor(OCI_CONFIG, whole.config_digest, len(whole.config))
    assert whole.described == Descriptor(
        OCI_MANIFEST, digest_of(whole.manifest), len(whole.manifest)
    )
    assert whole.base == {digest_of(b"packed one"), digest_of(b"packed two")}
    assert whole.above == {digest_of(b"ide")}


def test_everything_else_of_the_configuration_is_as_it_was() -> None:
    made = msgspec.json.decode(lay(base(), [ABOVE]).config)
    environment = ["PATH=/ide/bin:/usr/bin", "LANG=C", "EDITOR=code"]
    assert made["config"] == {**CONFIG["config"], "Env": environment}
    assert made["history"] == [{"created_by": "FROM x"}, {"created_by": "podium ide"}]
    rest = {"config", "rootfs", "history"}
    assert {k: v for k, v in made.items() if k not in rest} == {
        k: v for k, v in CONFIG.items() if k not in rest
    }


def test_the_manifest_tells_of_its_base() -> None:
    manifest = read_manifest(lay(base(), [ABOVE]).manifest)
    assert manifest.annotations == {
        "who": "me",
        "io.gitpod.workspace-image.size": "20",
        "io.gitpod.workspace-image.ref": "docker.io/x/y@sha256:z",
    }


def test_an_image_in_dockers_words_is_composed_in_them() -> None:
    whole = lay(base(docker=True), [ABOVE])
    manifest = read_manifest(whole.manifest, DOCKER_MANIFEST)
    assert isinstance(manifest, Manifest)
    assert manifest.media_type == DOCKER_MANIFEST
    assert {one.media_type for one in manifest.layers} == {DOCKER_LAYER_GZIP, DOCKER_LAYER}
    assert manifest.config.media_type == DOCKER_CONFIG


def test_the_same_parts_give_the_same_image() -> None:
    assert lay(base(), [ABOVE]) == lay(base(), [ABOVE])


@pytest.mark.parametrize("empty", [None, {}])
def test_a_configuration_that_says_little_is_enough(empty: object) -> None:
    config = {"rootfs": CONFIG["rootfs"], "config": empty}
    made = msgspec.json.decode(lay(base(config), [ABOVE]).config)
    assert made["config"]["Env"] == ["PATH=/ide/bin:", "EDITOR=code"]
    assert "history" not in made


def test_a_base_of_unknown_layers_is_refused() -> None:
    odd = base()
    odd.manifest.layers.append(layer(b"x", "application/x-helm"))
    with pytest.raises(Refused):
        lay(odd, [])


def test_an_image_says_what_of_it_is_laid_above() -> None:
    body = json.dumps(
        {
            "config": {
                "Env": ["PATH=/bin", "GITPOD_ENV_SET_EDITOR=code"],
                "Labels": {SKIP_LABEL: "1"},
            },
            "rootfs": CONFIG["rootfs"],
        }
    ).encode()
    found = addition(base().manifest, read_config(body), "ide/code:1")
    assert [one.diff for one in found.layers] == [digest_of(b"two")]
    assert found.layers[0].made_by == "ide/code:1"
    assert found.changes == [Modifier("EDITOR", "SET", "code")]
    plain = Config(rootfs=read_config(body).rootfs)
    assert len(addition(base().manifest, plain, "x").layers) == 2
