"""G and N: what a build's registry lets through, and images laid above others."""

import json
from base64 import b64encode
from collections.abc import Callable

import pytest

from blobserve.core.faults import Fault
from blobserve.core.laid import Addition, Base, addition, lay
from blobserve.core.modifiers import SKIP_LABEL, SkipError, modified
from blobserve.core.names import Remote, parse_name
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Descriptor, Manifest, read_config, read_manifest
from kit.oci.core.media import OCI_CONFIG, OCI_LAYER_GZIP, OCI_MANIFEST
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import Credentials, read_docker_config, read_image_auth

_BASE = "docker.io/library/alpine@sha256:0"


def auth(text: str) -> str:
    return b64encode(text.encode()).decode()


def above(layers: int, environment: list[str], labels: dict[str, str] | None = None) -> Addition:
    """Return an image of so many layers as something to be laid above another."""
    config = {
        "config": {"Env": environment, "Labels": labels or {}},
        "rootfs": {"type": "layers", "diff_ids": [digest_of(b"%d" % n) for n in range(layers)]},
    }
    body = json.dumps(config).encode()
    return addition(manifest(body, layers), read_config(body), "x")


def manifest(config: bytes, layers: int) -> Manifest:
    parts = [Descriptor(OCI_LAYER_GZIP, digest_of(b"l%d" % n), 10 + n) for n in range(layers)]
    return Manifest(2, Descriptor(OCI_CONFIG, digest_of(config), len(config)), parts)


def found(one: Addition) -> tuple[int, list[str]]:
    return len(one.layers), modified([], one.changes)


def composed(*additions: Addition) -> Manifest:
    config = json.dumps({"rootfs": {"type": "layers", "diff_ids": []}}).encode()
    whole = lay(Base(_BASE, manifest(config, 3), OCI_MANIFEST, config), list(additions))
    read = read_manifest(whole.manifest)
    assert isinstance(read, Manifest)
    return read


def refused(call: Callable[[], object], kind: type[Exception], text: str = "") -> bool:
    try:
        call()
    except kind as error:
        return text in str(error)
    return False


ROWS: dict[str, Callable[[], bool]] = {
    "G1": lambda: (
        parse_name("europe-docker.pkg.dev/artifacts-uploads/x")
        == Remote("europe-docker.pkg.dev", "artifacts-uploads/x")
    ),
    "G3": lambda: refused(lambda: parse_name("from/some/random/path"), Fault),
    "G5": lambda: refused(lambda: parse_name(""), Fault),
    "G7": lambda: (
        read_image_auth(f"registry.example:{auth('a:b')}").get("wrong.registry.com") is None
    ),
    "G9": lambda: refused(lambda: read_docker_config(b"invalid:format"), Refused, "config.json"),
    "G11": lambda: (
        read_image_auth(f"r.example:{auth('user2:pass2' + chr(10))}")
        == {"r.example": Credentials("user2", "pass2")}
    ),
    "N1": lambda: (
        found(
            above(
                5,
                [
                    "GITPOD_ENV_APPEND_PATH=/ide/bin:",
                    "GITPOD_ENV_SET_EDITOR=code",
                    "GITPOD_ENV_SET_VISUAL=code",
                    "GITPOD_ENV_SET_GIT_EDITOR=code --wait",
                ],
            )
        )
        == (5, ["PATH=/ide/bin:", "EDITOR=code", "VISUAL=code", "GIT_EDITOR=code --wait"])
    ),
    "N3": lambda: found(above(2, [], {SKIP_LABEL: "1"})) == (1, []),
    "N5": lambda: refused(lambda: above(2, [], {SKIP_LABEL: "-10"}), SkipError, "-10"),
    "N7": lambda: (
        found(above(8, ["GITPOD_ENV_SET_EDITOR=gp open -w"])) == (8, ["EDITOR=gp open -w"])
    ),
    "N9": lambda: len(composed(above(1, [])).layers) == 4 and len(composed().layers) == 3,
    "N11": lambda: (
        composed(above(2, [])).annotations
        == {
            "io.gitpod.workspace-image.size": str(10 + 11 + 12),
            "io.gitpod.workspace-image.ref": _BASE,
        }
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_row(row: str) -> None:
    assert ROWS[row]()
