"""Images as they can be read, whatever they are made of."""

from typing import Protocol

from blobserve.core.faults import Fault
from blobserve.registry.contents import Content, Document, OnDisk
from kit.oci.core.digests import is_digest
from kit.oci.core.documents import Manifest
from kit.oci.core.refusals import Refused
from kit.oci.layout import Layout, Missing
from wire.registry import LATEST


class Image(Protocol):
    """A repository of the facade."""

    async def manifest(self, reference: str, accept: str) -> Document:
        """Return the manifest of a tag or digest; raises Fault."""
        ...

    async def blob(self, digest: str) -> Content:
        """Return a configuration or a layer; raises Fault."""
        ...

    async def tags(self) -> list[str]:
        """Return the tags; raises Fault."""
        ...


class Kept:
    """An image of the store, by the name that it has there. It has the tag `latest`."""

    def __init__(self, layout: Layout, name: str) -> None:
        self._layout = layout
        self._name = name

    async def manifest(self, reference: str, accept: str) -> Document:  # noqa: ARG002 - one type
        found = self._layout.resolve(self._name)
        if found is None or reference not in {LATEST, found.digest}:
            raise Fault.manifest_unknown(f"{self._name}:{reference}")
        self._layout.keep(found.digest)
        return Document(found.media_type, found.digest, self._read(found.digest))

    async def blob(self, digest: str) -> Content:
        found = self._layout.resolve(self._name)
        if found is None or digest not in self._parts(found.digest):
            raise Fault.blob_unknown(digest)
        return of_layout(self._layout, digest)

    async def tags(self) -> list[str]:
        if self._layout.resolve(self._name) is None:
            raise Fault.name_unknown(self._name)
        return [LATEST]

    def _parts(self, digest: str) -> set[str]:
        try:
            found = self._layout.manifest(digest)
        except (Missing, Refused) as error:
            raise Fault.manifest_unknown(self._name) from error
        return {one.digest for one in found.blobs} if isinstance(found, Manifest) else set()

    def _read(self, digest: str) -> bytes:
        try:
            return self._layout.read(digest)
        except (Missing, Refused) as error:
            raise Fault.manifest_unknown(self._name) from error


def of_layout(layout: Layout, digest: str) -> Content:
    """Return a blob of the store; raises Fault."""
    try:
        return OnDisk(layout.path(digest), layout.size(digest))
    except Missing as error:
        raise Fault.blob_unknown(digest) from error


def by_digest(reference: str) -> str:
    """Return the digest that a reference is, empty when it is a tag."""
    return reference if is_digest(reference) else ""
