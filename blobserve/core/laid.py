"""An image with others laid above it: the manifest and configuration of the whole.

Only documents are made. The layers of the base are named as its own registry names them, and
what is above them as it lies in the store; nothing is copied, and nothing of a person's is in it.
What the configuration of the base says beside layers, history and variables stays as it is:
user, working directory, entry point, labels, health check.
"""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from blobserve.core.faults import Fault
from blobserve.core.modifiers import Modifier, modified, modifiers, skipped
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Config, Descriptor, Manifest, check_image, encode
from kit.oci.core.media import (
    DOCKER_CONFIG,
    DOCKER_LAYER,
    DOCKER_LAYER_GZIP,
    DOCKER_LAYER_ZSTD,
    DOCKER_MANIFEST,
    OCI_CONFIG,
    OCI_LAYER,
    OCI_LAYER_GZIP,
    OCI_LAYER_ZSTD,
    OCI_MANIFEST,
    Packing,
    packing_of,
)

SIZE_NOTE = "io.gitpod.workspace-image.size"
"""Annotation: bytes of the base's layers as they are kept."""
BASE_NOTE = "io.gitpod.workspace-image.ref"
"""Annotation: reference of the base."""
_OCI = {Packing.PLAIN: OCI_LAYER, Packing.GZIP: OCI_LAYER_GZIP, Packing.ZSTD: OCI_LAYER_ZSTD}
_DOCKER = {
    Packing.PLAIN: DOCKER_LAYER,
    Packing.GZIP: DOCKER_LAYER_GZIP,
    Packing.ZSTD: DOCKER_LAYER_ZSTD,
}


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer that is laid above the base."""

    described: Descriptor
    diff: str
    """Digest of the tar inside."""
    made_by: str
    """For the history."""


@dataclass(frozen=True, slots=True)
class Addition:
    """An image that is laid above the base."""

    layers: list[Layer]
    changes: list[Modifier] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Base:
    """The image below, with the bytes of its configuration."""

    reference: str
    manifest: Manifest
    media_type: str
    config: bytes


@dataclass(frozen=True, slots=True)
class Whole:
    """The documents of the composed image."""

    media_type: str
    manifest: bytes
    config: bytes
    described: Descriptor
    """Of the manifest."""
    base: frozenset[str]
    """Digests that the base's own repository has."""
    above: frozenset[str]
    """Digests of the layers that were laid above it."""

    @property
    def config_digest(self) -> str:
        """Digest of the configuration, which is nowhere but here."""
        return digest_of(self.config)


def addition(manifest: Manifest, config: Config, name: str) -> Addition:
    """Return an image as something to be laid above another; raises ValueError.

    Layers that its label names are left out, all of them when there are fewer.
    """
    check_image(manifest)
    running = config.config
    layers = [
        Layer(described, diff, name)
        for described, diff in zip(manifest.layers, config.rootfs.diff_ids, strict=True)
    ]
    if running is None:
        return Addition(layers)
    return Addition(layers[skipped(running.labels or {}) :], modifiers(running.env or []))


def lay(base: Base, additions: list[Addition]) -> Whole:
    """Return the base with the additions above it, the lowest first; raises Fault, Refused."""
    layers = [one for addition in additions for one in addition.layers]
    changes = [one for addition in additions for one in addition.changes]
    config = _configured(base.config, layers, changes)
    check_image(base.manifest)
    docker = base.media_type == DOCKER_MANIFEST
    kinds = _DOCKER if docker else _OCI
    described = Descriptor(DOCKER_CONFIG if docker else OCI_CONFIG, digest_of(config), len(config))
    above = [_typed(one.described, kinds) for one in layers]
    notes = {
        SIZE_NOTE: str(sum(one.size for one in base.manifest.layers)),
        BASE_NOTE: base.reference,
    }
    media_type = DOCKER_MANIFEST if docker else OCI_MANIFEST
    manifest = Manifest(
        schema_version=2,
        media_type=media_type,
        config=described,
        layers=[*base.manifest.layers, *above],
        annotations={**base.manifest.annotations, **notes},
    )
    body = encode(manifest)
    return Whole(
        media_type=media_type,
        manifest=body,
        config=config,
        described=Descriptor(media_type, digest_of(body), len(body)),
        base=frozenset(one.digest for one in base.manifest.layers),
        above=frozenset(one.digest for one in above),
    )


def _typed(one: Descriptor, kinds: dict[Packing, str]) -> Descriptor:
    """Return a layer in the words of the base: clients do not take a manifest in two of them."""
    return Descriptor(kinds[packing_of(one.media_type)], one.digest, one.size)


def _configured(body: bytes, layers: list[Layer], changes: list[Modifier]) -> bytes:
    """Return the configuration of the whole; what is not known here is kept as it is."""
    document: dict[str, Any] = msgspec.json.decode(body, type=dict[str, Any])
    root = document.get("rootfs") or {"type": "layers"}
    running = document.get("config") or {}
    history = document.get("history")
    if not isinstance(root, dict) or not isinstance(running, dict):
        raise Fault.upstream("the configuration of the base is none of an image")
    diffs = [*(root.get("diff_ids") or []), *(one.diff for one in layers)]
    document["rootfs"] = {**root, "diff_ids": diffs}
    if isinstance(history, list):
        # where there is one it tells of each layer; where there is none it would tell too little
        document["history"] = [*history, *({"created_by": one.made_by} for one in layers)]
    if changes:
        running["Env"] = modified(running.get("Env") or [], changes)
        document["config"] = running
    return msgspec.json.encode(document)
