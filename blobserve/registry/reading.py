"""Images as they can be read, whatever they are made of."""

from collections.abc import Mapping
from typing import Protocol

from blobserve.core.faults import Fault
from blobserve.registry.contents import Content, Document, OnDisk
from kit.oci.core.digests import is_digest
from kit.oci.core.documents import Descriptor, Manifest
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
        return _document(self._layout, self._name, reference, self._tagged())

    async def blob(self, digest: str) -> Content:
        return _part(self._layout, digest, self._tagged())

    async def tags(self) -> list[str]:
        if not self._tagged():
            raise Fault.name_unknown(self._name)
        return [LATEST]

    def _tagged(self) -> dict[str, Descriptor]:
        found = self._layout.resolve(self._name)
        return {LATEST: found} if found is not None else {}


class Tagged:
    """Images of the store whose names there are one name with their tags."""

    def __init__(self, layout: Layout, name: str) -> None:
        self._layout = layout
        self._name = name

    async def manifest(self, reference: str, accept: str) -> Document:  # noqa: ARG002 - one type
        return _document(self._layout, self._name, reference, self._tagged())

    async def blob(self, digest: str) -> Content:
        return _part(self._layout, digest, self._tagged())

    async def tags(self) -> list[str]:
        found = self._tagged()
        if not found:
            raise Fault.name_unknown(self._name)
        return list(found)

    def _tagged(self) -> dict[str, Descriptor]:
        begin = f"{self._name}:"
        every = self._layout.names().items()
        return {name.removeprefix(begin): one for name, one in every if name.startswith(begin)}


def _document(
    layout: Layout, name: str, reference: str, tagged: Mapping[str, Descriptor]
) -> Document:
    by_digest = {one.digest: one for one in tagged.values()}
    found = tagged.get(reference) or by_digest.get(reference)
    if found is None:
        raise Fault.manifest_unknown(f"{name}:{reference}")
    layout.keep(found.digest)
    try:
        return Document(found.media_type, found.digest, layout.read(found.digest))
    except (Missing, Refused) as error:
        raise Fault.manifest_unknown(name) from error


def _part(layout: Layout, digest: str, tagged: Mapping[str, Descriptor]) -> Content:
    """Return a blob that one of the images has; raises Fault."""
    for image in {one.digest for one in tagged.values()}:
        try:
            found = layout.manifest(image)
        except (Missing, Refused):
            continue
        if isinstance(found, Manifest) and digest in {one.digest for one in found.blobs}:
            return of_layout(layout, digest)
    raise Fault.blob_unknown(digest)


def of_layout(layout: Layout, digest: str) -> Content:
    """Return a blob of the store; raises Fault."""
    try:
        return OnDisk(layout.path(digest), layout.size(digest))
    except Missing as error:
        raise Fault.blob_unknown(digest) from error


def by_digest(reference: str) -> str:
    """Return the digest that a reference is, empty when it is a tag."""
    return reference if is_digest(reference) else ""
