"""Images of other registries, as they are there: passed through, and checked on the way."""

from typing import Protocol

from blobserve.core.faults import Fault
from blobserve.core.names import Remote
from blobserve.registry.contents import Content, Document
from kit.oci.core.digests import is_digest
from kit.oci.core.documents import Index, read_manifest
from kit.oci.core.media import INDEXES
from kit.oci.core.platforms import choose
from kit.oci.core.references import Reference, parse
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import Secrets

_ANY = "*/*"


class Upstream(Protocol):
    """Whoever talks to other registries. Everything that it gives was checked, or is cut off."""

    def of_person(self, secrets: Secrets) -> "Upstream":
        """Return this with a person's passwords, which count before the installation's."""
        ...

    async def manifest(self, image: Reference) -> Document:
        """Return a manifest or an index, by digest or tag; raises Fault."""
        ...

    async def blob(self, image: Reference) -> Content:
        """Return the blob of the reference's digest; raises Fault."""
        ...

    async def tags(self, image: Reference) -> list[str]:
        """Return the tags of the reference's repository; raises Fault."""
        ...


class Distant:
    """A repository of another registry."""

    def __init__(self, upstream: Upstream, name: Remote) -> None:
        self._upstream = upstream
        self._name = f"{name.host}/{name.repository}"

    async def manifest(self, reference: str, accept: str) -> Document:
        """Return what its registry has; for who knows no indexes, the manifest of this machine."""
        found = await self._upstream.manifest(self._named(reference))
        if found.media_type not in INDEXES or _takes(accept, found.media_type):
            return found
        return await self._upstream.manifest(self._named(_chosen(found)))

    async def blob(self, digest: str) -> Content:
        return await self._upstream.blob(self._named(digest))

    async def tags(self) -> list[str]:
        return await self._upstream.tags(self._named("latest"))

    def _named(self, reference: str) -> Reference:
        try:
            return parse(f"{self._name}{'@' if is_digest(reference) else ':'}{reference}")
        except Refused as error:
            raise Fault(400, "NAME_INVALID", "This is no name of an image.", str(error)) from error


def _takes(accept: str, media_type: str) -> bool:
    """Tell whether an Accept header takes a type; every client that says nothing takes all."""
    given = {one.partition(";")[0].strip().lower() for one in accept.split(",")}
    return bool(given & {"", _ANY, "application/*", media_type})


def _chosen(found: Document) -> str:
    try:
        index = read_manifest(found.body, found.media_type)
        assert isinstance(index, Index)
        return choose(index).digest
    except Refused as error:
        raise Fault.manifest_unknown(str(error)) from error
