"""Media types of OCI and of Docker's schema 2; others are not images that anybody can use here."""

from enum import StrEnum

from kit.oci.core.refusals import Refused

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"
OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
OCI_LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar"
DOCKER_LAYER_GZIP = "application/vnd.docker.image.rootfs.diff.tar.gzip"
DOCKER_LAYER_ZSTD = "application/vnd.docker.image.rootfs.diff.tar.zstd"

MANIFESTS = frozenset({OCI_MANIFEST, DOCKER_MANIFEST})
INDEXES = frozenset({OCI_INDEX, DOCKER_INDEX})
CONFIGS = frozenset({OCI_CONFIG, DOCKER_CONFIG})
_OLD = frozenset(
    {
        "application/vnd.docker.distribution.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
    }
)
ACCEPT = ", ".join([OCI_INDEX, OCI_MANIFEST, DOCKER_INDEX, DOCKER_MANIFEST])
"""What a registry is asked for."""


class Packing(StrEnum):
    """How a layer's tar is compressed."""

    PLAIN = ""
    GZIP = "gzip"
    ZSTD = "zstd"


_LAYERS = {
    OCI_LAYER: Packing.PLAIN,
    OCI_LAYER_GZIP: Packing.GZIP,
    OCI_LAYER_ZSTD: Packing.ZSTD,
    "application/vnd.oci.image.layer.nondistributable.v1.tar": Packing.PLAIN,
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip": Packing.GZIP,
    "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd": Packing.ZSTD,
    DOCKER_LAYER: Packing.PLAIN,
    DOCKER_LAYER_GZIP: Packing.GZIP,
    DOCKER_LAYER_ZSTD: Packing.ZSTD,
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip": Packing.GZIP,
}
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
MAGIC = 4
"""Bytes of a layer's beginning that tell how it is compressed."""


def plain(content_type: str) -> str:
    """Return a Content-Type's media type, without parameters."""
    return content_type.partition(";")[0].strip().lower()


def check_manifest(media_type: str) -> None:
    """Raise Refused unless it is the type of a manifest or an index that we read."""
    if media_type in _OLD:
        raise Refused("the image is of Docker's first format, which was given up in 2017")
    if media_type not in MANIFESTS | INDEXES:
        raise Refused(f"{media_type[:100]!r} is the type of no image")


def packing_of(media_type: str) -> Packing:
    """Return how a layer of that type is compressed; raises Refused for what is no layer."""
    found = _LAYERS.get(media_type)
    if found is None:
        raise Refused(f"{media_type[:100]!r} is the type of no layer")
    return found


def packing_of_bytes(beginning: bytes) -> Packing:
    """Return how a layer is compressed by its first bytes: types are what people said."""
    if beginning.startswith(_GZIP):
        return Packing.GZIP
    return Packing.ZSTD if beginning.startswith(_ZSTD) else Packing.PLAIN
