"""Other registries, asked when somebody asks for their images: nothing is kept, all is checked.

Blobs stream through. The last piece of one goes out when the digest of the whole is right, so a
client never has a whole blob that is another one; what broke off at the registry goes on where
it was, without the client's knowing.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from hashlib import sha256

import msgspec
import structlog
from msgspec import Struct

from blobserve.core.faults import Fault
from blobserve.registry.contents import Content, Document
from kit.oci.asking import read
from kit.oci.core.digests import is_digest, spelt
from kit.oci.core.documents import Descriptor, Index, read_manifest
from kit.oci.core.failures import Failure, NotFound, Unauthorized, Unavailable
from kit.oci.core.media import OCI_INDEX, OCI_LAYER, OCI_MANIFEST
from kit.oci.core.references import Reference
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import Credentials, Secrets
from kit.oci.registry import Registries, url_of

_KNOWN = 20_000
"""Blobs whose size is remembered, from the manifests that have passed; 150 bytes each."""
_ATTEMPTS = 4
"""Times in a row that a blob may break off without a byte."""
_PAUSE = 0.5
"""Seconds before the second attempt, doubled with each one."""
_LONGEST_PAUSE = 10.0
"""Whatever the registry asks for: somebody is waiting."""
_LARGEST_LIST = 4 << 20
_MOST_TAGS = 10_000
_log = structlog.get_logger(__name__)


_NOBODY = Credentials()
_Known = tuple[str, Credentials, str]
"""A blob of a repository, and who has seen that it has it: no other's right follows from that."""


class _Tags(Struct):
    tags: list[str] | None = None


class Passing:
    """Implements Upstream by asking registries, with the passwords of the installation."""

    def __init__(
        self, registries: Registries, passwords: Callable[[], Secrets], pause: float = _PAUSE
    ) -> None:
        self._registries = registries
        self._pause = pause
        self._passwords = passwords
        self._sizes: OrderedDict[_Known, int] = OrderedDict()

    def of_person(self, secrets: Secrets) -> "Passing":
        found = Passing(self._registries, lambda: {**self._passwords(), **secrets}, self._pause)
        found._sizes = self._sizes
        return found

    async def manifest(self, image: Reference) -> Document:
        try:
            answer = await self._registries.manifest(image, self._passwords())
            found = read_manifest(answer.body, answer.descriptor.media_type)
        except (Failure, Refused) as error:
            raise _fault(error, str(image)) from error
        for one in found.manifests if isinstance(found, Index) else found.blobs:
            self._sizes[self._known(image, one.digest)] = one.size
        while len(self._sizes) > _KNOWN:
            self._sizes.popitem(last=False)
        kind = OCI_INDEX if isinstance(found, Index) else OCI_MANIFEST
        kind = answer.descriptor.media_type or found.media_type or kind
        return Document(kind, answer.descriptor.digest, answer.body)

    async def blob(self, image: Reference) -> Content:
        size = self._sizes.get(self._known(image, image.digest))
        if size is None:
            size = await self._asked_size(image)
        # of which type it is does not count for a blob
        described = Descriptor(OCI_LAYER, image.digest, size)
        return _Passed(self._registries, self._passwords(), image, described, self._pause)

    async def tags(self, image: Reference) -> list[str]:
        url = url_of(self._registries.place(image), image, "tags/list")
        door = self._registries.door(
            self._registries.place(image), image, "pull", self._passwords()
        )
        try:
            async with self._registries.asked("GET", url, {}, door) as response:
                if response.status != 200:
                    raise await self._registries.failed(response, image.name)
                body = await read(response, _LARGEST_LIST, self._registries.asking.patience)
            found = msgspec.json.decode(body, type=_Tags).tags or []
        except (Failure, Refused) as error:
            raise _fault(error, image.name) from error
        except msgspec.DecodeError as error:
            raise Fault.upstream(f"{image.host} gives no list of tags") from error
        return found[:_MOST_TAGS]

    async def _asked_size(self, image: Reference) -> int:
        place = self._registries.place(image)
        url = url_of(place, image, f"blobs/{image.digest}")
        door = self._registries.door(place, image, "pull", self._passwords())
        try:
            async with self._registries.asked("HEAD", url, {}, door) as response:
                if response.status != 200:
                    raise await self._registries.failed(response, image.name)
                size = response.content_length
        except (Failure, Refused) as error:
            raise _fault(error, image.digest) from error
        if size is None:
            raise Fault.upstream(f"{image.host} does not say how large {image.digest} is")
        self._sizes[self._known(image, image.digest)] = size
        return size

    def _known(self, image: Reference, digest: str) -> _Known:
        return image.name, self._passwords().get(image.host, _NOBODY), digest


@dataclass(frozen=True, slots=True)
class _Passed:
    """A blob of another registry; implements Content."""

    registries: Registries
    secrets: Secrets
    image: Reference
    blob: Descriptor
    pause: float

    @property
    def size(self) -> int:
        return self.blob.size

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        found, held, place = sha256(), b"", start
        checked = (start, end) == (0, self.size)
        async for chunk in self._stream(start, end):
            place += len(chunk)
            if not checked:
                yield chunk
                continue
            found.update(chunk)
            if held:
                yield held
            held = chunk
        if place != end:
            raise Fault.upstream(f"{self.image.host} ended {self.blob.digest} at byte {place}")
        if checked and spelt(found.hexdigest()) != self.blob.digest:
            raise Fault.upstream(f"{self.image.host} sent something else than {self.blob.digest}")
        if held:
            yield held

    async def _stream(self, start: int, end: int) -> AsyncIterator[bytes]:
        """Give the bytes, going on where it broke off as long as that leads further."""
        place, tries = start, 0
        while place < end:
            before = place
            try:
                async for chunk in self._once(place):
                    part = chunk[: end - place]
                    place += len(part)
                    yield part
                    if place == end:
                        return
                raise Unavailable(f"{self.image.host} ended {self.blob.digest} too early")
            except (Failure, Refused) as error:
                tries = 1 if place > before else tries + 1
                if not isinstance(error, Unavailable) or tries >= _ATTEMPTS:
                    raise _fault(error, self.blob.digest) from error
                _log.info("blob_broke_off", blob=self.blob.digest, at=place, detail=str(error))
                await asyncio.sleep(
                    min(error.wait or self.pause * 2 ** (tries - 1), _LONGEST_PAUSE)
                )

    async def _once(self, place: int) -> AsyncIterator[bytes]:
        image, blob = self.image, self.blob
        async with self.registries.blob(image, blob, place, self.secrets) as body:
            skip = place - body.offset
            async for chunk in body.chunks:
                if skip < len(chunk):
                    yield chunk[skip:] if skip else chunk
                skip = max(0, skip - len(chunk))


def _fault(error: Failure | Refused, what: str) -> Fault:
    """Return what a registry's failure is called here."""
    match error:
        case NotFound():
            if is_digest(what):
                return Fault.blob_unknown(str(error))
            return Fault.manifest_unknown(str(error))
        case Unauthorized():
            why = "The image's own registry wants a password, or another one."
            return Fault(403, "DENIED", why, str(error))
        case Unavailable():
            return Fault.away(str(error))
        case _:
            return Fault.upstream(str(error))
