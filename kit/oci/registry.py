"""A client of registries: manifests and blobs, with mirrors and passwords (distribution spec 1.1).

Nothing that a registry says is believed: documents are read by `kit.oci.core`, the digest of
what was asked for is computed here, and blobs are checked by whoever writes them, while they
come. Layers pass as they are, compressed as they are.
"""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from kit.oci.asking import Asking, Patience, chunks, read
from kit.oci.core import answers, media
from kit.oci.core.digests import digest_of, is_digest
from kit.oci.core.documents import LARGEST, Descriptor, check_descriptor
from kit.oci.core.failures import Failure, NotFound, Unavailable
from kit.oci.core.reach import Network, Reach, is_loopback
from kit.oci.core.references import Reference, api_host
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import NONE, Credentials, Secrets
from kit.oci.doors import Door, Doors

_PAUSE = 30.0
"""Seconds for which a mirror that failed is not asked."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What an operator decides."""

    networks: tuple[Network, ...] = ()
    """Private networks in which registries may be; without any, only what is everybody's."""
    mirrors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Host of a registry → `host:port` of what is asked first, in this order."""
    patience: Patience = Patience()
    proxy: str = field(default="", repr=False)
    """Address of an HTTP proxy through which registries of the outside are asked; none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A manifest or an index, as it came."""

    descriptor: Descriptor
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Body:
    """A blob that is on its way."""

    offset: int
    """Of its first byte: where it was asked to begin, or 0 from a registry that knows no parts."""
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Place:
    """One host that may have the image."""

    host: str
    origin: URL
    upstream: str = ""
    """Of a mirror: the registry that it stands for."""


class Registries:
    """Every registry, by the hosts of references. Made and used in one event loop."""

    def __init__(self, rules: Rules = Rules()) -> None:
        mirrors = [one for group in rules.mirrors.values() for one in group]
        hosts = frozenset(_without_port(one) for one in mirrors)
        self.asking = Asking(Reach(rules.networks, hosts), rules.patience, rules.proxy)
        self.doors = Doors(self.asking)
        self._rules = rules
        self._failed: dict[str, float] = {}

    async def close(self) -> None:
        """Close every connection."""
        await self.asking.close()

    async def manifest(self, reference: Reference, secrets: Secrets = NONE) -> Answer:
        """Return what a name or digest stands for; raises Refused or a Failure."""
        return await self._manifest("GET", reference, secrets)

    async def head(self, reference: Reference, secrets: Secrets = NONE) -> Descriptor:
        """Return what a name stands for now, without loading it; raises Refused or a Failure.

        The size is what was said, and 0 when nothing was.
        """
        return (await self._manifest("HEAD", reference, secrets)).descriptor

    @asynccontextmanager
    async def blob(
        self, reference: Reference, blob: Descriptor, offset: int = 0, secrets: Secrets = NONE
    ) -> AsyncIterator[Body]:
        """Give the blob from `offset` on; whoever writes it checks it.

        Raises Refused or a Failure, also inside its block.
        """
        check_descriptor(blob)
        what = f"{blob.digest} of {reference.name}"
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        last: Failure | None = None
        for place in self._places(reference):
            try:
                url = url_of(place, reference, f"blobs/{blob.digest}")
                door = self.door(place, reference, "pull", secrets)
                begun = False
                async with self.asked("GET", url, headers, door) as response:
                    if response.status not in {200, 206}:
                        raise await self.failed(response, what)
                    _check_body(response, blob, offset)
                    begun = True
                    start = offset if response.status == 206 else 0
                    yield Body(start, chunks(response, self._rules.patience))
                    return
            except (Failure, Refused) as error:
                if begun:
                    raise
                last = self._next(place, error)
        raise last or NotFound(f"{what} is nowhere")

    async def _manifest(self, method: str, reference: Reference, secrets: Secrets) -> Answer:
        last: Failure | None = None
        for place in self._places(reference):
            url = url_of(place, reference, f"manifests/{reference.wanted}")
            door = self.door(place, reference, "pull", secrets)
            try:
                async with self.asked(method, url, {"Accept": media.ACCEPT}, door) as response:
                    if response.status != 200:
                        raise await self.failed(response, str(reference))
                    return await self._answer(method, reference, response)
            except (Failure, Refused) as error:
                last = self._next(place, error)
        raise last or NotFound(f"{reference} is nowhere")

    async def _answer(
        self, method: str, reference: Reference, response: aiohttp.ClientResponse
    ) -> Answer:
        kind = media.plain(response.headers.get("Content-Type", ""))
        if kind in {"text/html", "application/xhtml+xml"}:
            raise Refused(f"{reference.host} answers with a web page; it is no registry")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise Refused(f"{reference.host} compresses a manifest that nobody asked to compress")
        # some say JSON and leave the type to the document
        said = kind if kind in media.MANIFESTS | media.INDEXES else ""
        if kind and not said and "json" not in kind:
            media.check_manifest(kind)
        told = response.headers.get("Docker-Content-Digest", "")
        if method == "HEAD":
            digest = reference.digest or told
            if not is_digest(digest):
                raise Refused(f"{reference.host} does not say which image {reference} is")
            return Answer(Descriptor(said, digest, response.content_length or 0), b"")
        body = await read(response, LARGEST, self._rules.patience)
        digest = digest_of(body)
        for claimed in filter(None, (reference.digest, told)):
            if claimed != digest:
                raise Refused(f"{reference.host} sends {digest} and says that it is {claimed}")
        return Answer(Descriptor(said, digest, len(body)), body)

    # --- what pushes need as well ---

    @asynccontextmanager
    async def asked(
        self, method: str, url: URL, headers: Mapping[str, str], door: Door, data: object = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Give the answer to a request, after at most one knock at the door.

        A body is sent once: knock first, with a request that has none.
        """
        value = self.doors.known(door)
        for again in (True, False):
            said = {**headers, "Authorization": value} if value else headers
            async with self.asking.ask(method, url, said, data) as response:
                if response.status != 401 or not again or data is not None:
                    yield response
                    return
                self.doors.forget(door)
                value = await self.doors.open(door, url.origin(), response)

    async def failed(self, response: aiohttp.ClientResponse, what: str) -> Failure | Refused:
        """Return what another answer than the wanted one means."""
        body = b""
        if response.method != "HEAD":
            body = await read(response, answers.LARGEST, self._rules.patience)
        retry = response.headers.get("Retry-After", "")
        return answers.failure(response.status, body, what, retry)

    def door(self, place: Place, reference: Reference, actions: str, secrets: Secrets) -> Door:
        """Return the door for some actions on a repository."""
        scope = f"repository:{reference.repository}:{actions}"
        return Door(place.host, scope, secrets.get(place.host, Credentials()))

    def place(self, reference: Reference) -> Place:
        """Return the registry itself."""
        return Place(reference.host, _origin(api_host(reference.host)))

    def _places(self, reference: Reference) -> list[Place]:
        """Return mirrors that have not failed just now, then the registry itself."""
        now = time.monotonic()
        mirrors = [
            Place(one, _origin(one), reference.host)
            for one in self._rules.mirrors.get(reference.host, ())
            if self._failed.get(one, 0.0) <= now
        ]
        return [*mirrors, self.place(reference)]

    def _next(self, place: Place, error: Failure | Refused) -> Failure:
        """Note a failure; only mirrors' are no end."""
        if not place.upstream:
            raise error
        if isinstance(error, Unavailable):
            self._failed[place.host] = time.monotonic() + _PAUSE
        return error if isinstance(error, Failure) else Failure(str(error))


def url_of(place: Place, reference: Reference, rest: str) -> URL:
    """Return the address of something in a repository; mirrors are told for whom they stand."""
    url = place.origin.with_path(f"/v2/{reference.repository}/{rest}")
    return url.with_query({"ns": place.upstream}) if place.upstream else url


def _check_body(response: aiohttp.ClientResponse, blob: Descriptor, offset: int) -> None:
    """Raise Refused for an answer that cannot be the blob, before a byte of it is read."""
    kind, length = media.plain(response.headers.get("Content-Type", "")), response.content_length
    host = response.url.host
    if response.status == 206:
        answers.check_range(response.headers.get("Content-Range", ""), offset, blob.size)
        wanted = blob.size - offset
    else:
        wanted = blob.size
    if length is not None and length != wanted:
        if kind == "text/html":
            raise Refused(f"{host} answers with a web page instead of {blob.digest}")
        raise Refused(f"{host} sends {length} bytes of {blob.digest} instead of {wanted}")
    if response.headers.get("Content-Encoding", "identity") not in {"identity", ""}:
        raise Refused(f"{host} changes the bytes of {blob.digest} on the way")


def _origin(host: str) -> URL:
    return URL(f"{'http' if is_loopback(_without_port(host)) else 'https'}://{host}")


def _without_port(host: str) -> str:
    return URL(f"//{host}").host or ""
