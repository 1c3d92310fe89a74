"""The registry facade, as the daemon sees it: documents and layers over blobserve's unix socket.

What comes is not believed here either: documents are checked against the digest that they
were asked for by, layers by the child that unpacks them.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from kit.oci.core.answers import check_range
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import LARGEST_CONFIG
from kit.oci.core.media import ACCEPT
from kit.oci.core.refusals import Refused
from wire.registry import FOR

if TYPE_CHECKING:
    import aiohttp

PIECE: Final = 1 << 18
_SILENCE: Final = 120.0
"""Seconds without a byte after which a registry is given up; the facade retries by itself."""
_ATTEMPTS: Final = 6
"""Of connecting: blobserve may be just starting."""
_PAUSE: Final = 0.5
_DENIED: Final = frozenset({401, 403})


class Unavailable(Exception):
    """An image is not to be had; `code` is the fault's."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class Source(Protocol):
    """Where images come from."""

    def of(self, instance: str) -> "Source":
        """Return this for one instance: the passwords of its person count as well."""
        ...

    async def document(self, name: str, kind: str, digest: str) -> bytes:
        """Return a manifest (`manifests`) or a configuration (`blobs`), checked.

        Raises Unavailable, and Refused for what is not what was asked for.
        """
        ...

    def blob(
        self, name: str, digest: str, start: int = 0, size: int = 0
    ) -> AsyncGenerator[bytes, None]:
        """Yield a layer of `size` bytes from `start` on, piece by piece, unchecked.

        Raises Unavailable, and Refused for another part than the one that was asked for.
        """
        ...


class Facade:
    """The facade behind a socket. Made, used and closed in one event loop."""

    def __init__(
        self, socket: str, instance: str = "", shared: "_Connections | None" = None
    ) -> None:
        self._socket = socket
        self._connections = shared or _Connections(socket)
        self._said = {FOR: instance} if instance else {}

    def of(self, instance: str) -> "Facade":
        return Facade(self._socket, instance, self._connections)

    async def document(self, name: str, kind: str, digest: str) -> bytes:
        async with self._opened(f"/v2/{name}/{kind}/{digest}") as answer:
            parts, left = [], LARGEST_CONFIG
            async for part in _parts(answer):
                parts.append(part)
                left -= len(part)
                if left < 0:
                    raise Refused(f"{digest} has more than {LARGEST_CONFIG} bytes")
        body = b"".join(parts)
        if digest_of(body) != digest:
            raise Refused(f"what came for {digest} is {digest_of(body)}")
        return body

    async def blob(
        self, name: str, digest: str, start: int = 0, size: int = 0
    ) -> AsyncGenerator[bytes, None]:
        wanted = {"Range": f"bytes={start}-"} if start else {}
        async with self._opened(f"/v2/{name}/blobs/{digest}", wanted) as answer:
            skipped = start
            if answer.status == 206:
                check_range(answer.headers.get("Content-Range", ""), start, size)
                skipped = 0
            async for part in _parts(answer):
                if skipped < len(part):
                    yield part[skipped:]
                skipped = max(0, skipped - len(part))

    async def close(self) -> None:
        """Close the connections."""
        await self._connections.close()

    def _opened(
        self, path: str, more: Mapping[str, str] | None = None
    ) -> AbstractAsyncContextManager["aiohttp.ClientResponse"]:
        return self._connections.opened(path, {**self._said, **(more or {})})


class _Connections:
    """Made with the first request, and shared by everybody for whom the facade is asked."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def opened(
        self, path: str, more: Mapping[str, str]
    ) -> AsyncIterator["aiohttp.ClientResponse"]:
        if self._session is None:
            import aiohttp  # noqa: PLC0415 -- 8 MB, for which most nodes have no use

            timeout = aiohttp.ClientTimeout(total=None, sock_connect=10.0, sock_read=_SILENCE)
            connector = aiohttp.UnixConnector(self._socket)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=timeout, auto_decompress=False
            )
        headers = {"Accept": f"{ACCEPT}, */*", "Accept-Encoding": "identity", **more}
        answer = await self._connected(path, headers)
        try:
            if answer.status not in {200, 206}:
                raise await _refusal(answer)
            yield answer
        finally:
            answer.close()

    async def _connected(self, path: str, headers: dict[str, str]) -> "aiohttp.ClientResponse":
        assert self._session is not None
        for attempt in range(_ATTEMPTS):
            try:
                return await self._session.get(
                    f"http://registry{path}", headers=headers, allow_redirects=False
                )
            except _failures() as error:
                if attempt == _ATTEMPTS - 1:
                    raise Unavailable("image_unreachable", f"no registry: {error}") from error
            await asyncio.sleep(_PAUSE)
        raise AssertionError("unreachable")


def _failures() -> tuple[type[Exception], ...]:
    """Return what a connection can end with."""
    import aiohttp  # noqa: PLC0415 -- as above; there was a connection

    return aiohttp.ClientError, TimeoutError, OSError


async def _parts(answer: "aiohttp.ClientResponse") -> AsyncIterator[bytes]:
    try:
        async for part in answer.content.iter_chunked(PIECE):
            yield part
    except _failures() as error:
        raise Unavailable("image_unreachable", f"the image broke off: {error}") from error


async def _refusal(answer: "aiohttp.ClientResponse") -> Unavailable:
    """Return what the facade's error says, in its own words."""
    detail = f"the registry answered {answer.status}"
    try:
        body: Any = msgspec.json.decode(await answer.content.read(PIECE))
        detail = str(body["errors"][0]["message"]) or detail
    except (msgspec.DecodeError, LookupError, TypeError):
        pass
    except _failures():
        pass
    if answer.status == 404:
        return Unavailable("image_unknown", detail)
    return Unavailable("image_denied" if answer.status in _DENIED else "image_unreachable", detail)
