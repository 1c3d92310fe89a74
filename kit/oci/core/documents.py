"""Manifests, indexes and configurations (OCI image spec 1.1; Docker's schema 2 is the same here).

Read with limits, and refused when they contradict themselves: a document that is a manifest
and an index at once means one image to some readers and another to others (CVE-2021-41190).
"""

from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from kit.oci.core.digests import digest_of, hexadecimal
from kit.oci.core.media import INDEXES, check_manifest, packing_of
from kit.oci.core.refusals import Refused

LARGEST = 4 << 20
"""Bytes of a manifest or an index, as the distribution spec has it."""
LARGEST_CONFIG = 8 << 20
"""Bytes of a configuration: it holds the history of the whole image."""
MOST_LAYERS = 500
"""Of an image; container engines make at most 127."""
MOST_MANIFESTS = 1000
_LARGEST_BLOB = 1 << 40


class Platform(Struct, frozen=True, omit_defaults=True):
    """What a manifest of an index runs on."""

    architecture: str = ""
    os: str = ""
    variant: str = ""


class Descriptor(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Names a blob: its type, digest and size in bytes."""

    media_type: str
    digest: str
    size: int
    annotations: dict[str, str] = field(default_factory=dict)
    platform: Platform | None = None


class Manifest(Struct, frozen=True, rename="camel", omit_defaults=True):
    """An image for one platform."""

    schema_version: int
    config: Descriptor
    layers: list[Descriptor]
    media_type: str = ""
    annotations: dict[str, str] = field(default_factory=dict)

    @property
    def blobs(self) -> list[Descriptor]:
        """Configuration and layers, each digest once."""
        return list({one.digest: one for one in [self.config, *self.layers]}.values())

    @property
    def size(self) -> int:
        """Bytes of configuration and layers as they are kept."""
        return sum(one.size for one in self.blobs)


class Index(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One image for several platforms."""

    schema_version: int
    manifests: list[Descriptor]
    media_type: str = ""
    annotations: dict[str, str] = field(default_factory=dict)


class Running(Struct, frozen=True, rename="pascal"):
    """How a container of the image is begun; None is what the format calls null."""

    env: list[str] | None = None
    entrypoint: list[str] | None = None
    cmd: list[str] | None = None
    user: str = ""
    working_dir: str = ""
    labels: dict[str, str] | None = None


class RootFs(Struct, frozen=True):
    """What the layers are without compression, lowest first."""

    type: str = "layers"
    diff_ids: list[str] = field(default_factory=list)


class Config(Struct, frozen=True):
    """An image's configuration, as far as it counts here."""

    architecture: str = ""
    os: str = ""
    variant: str = ""
    rootfs: RootFs = field(default_factory=RootFs)
    config: Running | None = None


_T = TypeVar("_T", Manifest, Index, Config)


def read_manifest(body: bytes, media_type: str = "") -> Manifest | Index:
    """Return the document; raises Refused for what is none, or not of the type that was said.

    Without a type, that of the body counts (a field that OCI leaves out: then what it holds).
    """
    raw = _object(body, LARGEST, "manifest")
    if "manifests" in raw and ("layers" in raw or "config" in raw):
        raise Refused("the manifest is an index at the same time")
    own = raw.get("mediaType") or ""
    if not isinstance(own, str) or (media_type and own and own != media_type):
        raise Refused(
            f"the manifest says that it is {own!r:.100}, its registry {media_type!r:.100}"
        )
    said = media_type or own
    if said:
        check_manifest(said)
    elif "schemaVersion" in raw and raw["schemaVersion"] == 1:
        raise Refused("the image is of Docker's first format, which was given up in 2017")
    if said in INDEXES or (not said and "manifests" in raw):
        return _checked_index(_as(raw, Index, "index"))
    if "manifests" in raw:
        raise Refused("an index stands where a manifest was said to be")
    return _checked_manifest(_as(raw, Manifest, "manifest"))


def read_config(body: bytes, manifest: Manifest | None = None) -> Config:
    """Return a configuration; with its manifest it must tell of as many layers."""
    config = _as(_object(body, LARGEST_CONFIG, "configuration"), Config, "configuration")
    for one in config.rootfs.diff_ids:
        hexadecimal(one)
    if manifest is not None and len(config.rootfs.diff_ids) != len(manifest.layers):
        told, there = len(config.rootfs.diff_ids), len(manifest.layers)
        raise Refused(f"the configuration tells of {told} layers, the manifest of {there}")
    return config


def encode(document: Manifest | Index) -> bytes:
    """Return the bytes of a document: the same document gives the same ones."""
    return msgspec.json.encode(document)


def describe(content: bytes, media_type: str) -> Descriptor:
    """Return the descriptor of a content."""
    return Descriptor(media_type, digest_of(content), len(content))


def check_descriptor(one: Descriptor) -> None:
    """Raise Refused for a digest that is none, or a size that no blob has."""
    hexadecimal(one.digest)
    if not 0 <= one.size <= _LARGEST_BLOB:
        raise Refused(f"{one.digest} is said to have {one.size} bytes")


def _object(body: bytes, limit: int, what: str) -> dict[str, Any]:
    if len(body) > limit:
        raise Refused(f"the {what} has {len(body)} bytes; {limit} are read")
    try:
        found = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(f"the {what} is no JSON object: {error}") from error
    return found


def _as(raw: dict[str, Any], kind: type[_T], what: str) -> _T:
    # engines write null for what is empty
    given = {name: value for name, value in raw.items() if value is not None}
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise Refused(f"this is no {what}: {error}") from error


def _checked_manifest(manifest: Manifest) -> Manifest:
    if manifest.schema_version != 2 or len(manifest.layers) > MOST_LAYERS:
        raise Refused(
            f"a manifest of version {manifest.schema_version} with {len(manifest.layers)} layers "
            f"is not taken: only version 2 with up to {MOST_LAYERS} is"
        )
    check_descriptor(manifest.config)
    for one in manifest.layers:
        check_descriptor(one)
    return manifest


def _checked_index(index: Index) -> Index:
    if index.schema_version != 2 or len(index.manifests) > MOST_MANIFESTS:
        raise Refused(f"an index of version {index.schema_version} is not taken")
    for one in index.manifests:
        check_descriptor(one)
    return index


def check_image(manifest: Manifest) -> None:
    """Raise Refused unless every part is of a type that makes a container's root."""
    for one in manifest.layers:
        packing_of(one.media_type)
