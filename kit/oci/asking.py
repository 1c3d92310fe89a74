"""HTTP towards registries: where it may go, how long it may take, and what it is called when not.

Redirects are followed here and not by aiohttp: each is checked, and none takes a password to
another host. Addresses are checked when a connection is made, so a name that changes its mind
between a check and its use changes nothing.

With an HTTP proxy it is the proxy that resolves names of the outside, and decides what it leads
to; what the operator allows inside is asked directly, as it is without one.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from kit.oci.core.failures import Unavailable
from kit.oci.core.reach import Reach, is_loopback, literal
from kit.oci.core.refusals import Refused

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REDIRECTED = frozenset({"GET", "HEAD"})
_CHUNK = 256 << 10
_LONGEST_FIELD = 16 << 10
"""Bytes of a header line: addresses with a signature in them are long."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a registry may take."""

    connect: float = 10.0
    """Seconds to a connection."""
    silence: float = 30.0
    """Seconds without a byte."""
    slowest: float = 4096.0
    """Bytes a second that a body must come with, on average and after `silence` seconds."""
    redirects: int = 5


class _NotAllowed(OSError):
    """A name leads to an address that may not be asked."""


class _Resolver(AbstractResolver):
    """Names as the machine resolves them, without addresses that may not be asked."""

    def __init__(self, reach: Reach, *, inside: bool) -> None:
        self._reach, self._inside = reach, inside

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
        )
        kept = [one for one in found if self._permits(host, str(one[4][0]))]
        if not kept:
            where = sorted({str(one[4][0]) for one in found})
            raise _NotAllowed(f"{host} is at {', '.join(where[:4])}, which is not asked")
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=kind,
                proto=proto,
                flags=socket.AI_NUMERICHOST,
            )
            for kind, _, proto, _, address in kept
        ]

    def _permits(self, host: str, address: str) -> bool:
        return self._reach.permits(host, address, inside=self._inside)

    async def close(self) -> None:
        return


class Asking:
    """Pools of connections: for what is inside and allowed, for what that leads to, for a proxy."""

    def __init__(self, reach: Reach, patience: Patience, proxy: str = "") -> None:
        """`proxy` is the address of an HTTP proxy for registries of the outside; none."""
        self._reach = reach
        self.patience = patience
        self._proxy = URL(proxy) if proxy else None
        self._sessions: dict[bool | None, aiohttp.ClientSession] = {}

    async def close(self) -> None:
        """Close every connection."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    @asynccontextmanager
    async def ask(
        self,
        method: str,
        url: URL,
        headers: Mapping[str, str],
        data: Any = None,
        led_by: URL | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Give the answer, after redirects; raises Refused or Unavailable, also inside its block.

        `led_by` is the registry that named the address, when it was not us. Redirects of what is
        not GET or HEAD are answers like others.
        """
        asked, first = url, led_by or url
        said = dict(headers)
        try:
            inside = first.origin() == url.origin() or await self._may_be_inside(first)
            for _ in range(self.patience.redirects + 1):
                self._check(asked, first, inside=inside)
                proxy = self._proxy
                if proxy is not None and inside and await self._may_be_inside(asked):
                    proxy = None
                session = self._session(None if proxy is not None else inside)
                async with session.request(
                    method, asked, headers=said, data=data, allow_redirects=False, proxy=proxy
                ) as response:
                    where = response.headers.get("Location", "")
                    if response.status not in _REDIRECTS or method not in _REDIRECTED or not where:
                        yield response
                        return
                    target = joined(asked, where)
                inside = inside and await self._may_be_inside(asked)
                if target.origin() != asked.origin():
                    said.pop("Authorization", None)
                asked = target
        except aiohttp.ClientConnectorDNSError as error:
            if isinstance(error.os_error, _NotAllowed):
                raise Refused(str(error.os_error)) from error
            raise Unavailable(f"{asked.host} has no address") from error
        except (aiohttp.ClientError, TimeoutError, socket.gaierror) as error:
            raise Unavailable(f"{asked.host} {_why(error)}") from error
        raise Refused(f"{url.host} leads on more than {self.patience.redirects} times")

    def _check(self, url: URL, first: URL, *, inside: bool) -> None:
        """Raise Refused for an address that must not be asked."""
        host = url.host or ""
        if not host or url.user or url.password:
            raise Refused(f"{first.host} leads to something that is no address of a registry")
        if url.scheme == "http" and not (is_loopback(host) and first.scheme == "http"):
            raise Refused(f"{host} would be asked without encryption")
        if address := literal(host):
            self._reach.check(host, address, inside=inside)

    async def _may_be_inside(self, url: URL) -> bool:
        """Tell the same of a host whose name only a proxy may know: that one is outside."""
        try:
            return await self._is_inside(url)
        except OSError:
            if self._proxy is None:
                raise
            return False

    async def _is_inside(self, url: URL) -> bool:
        """Tell whether a host is one that is asked because the operator allows it."""
        host = url.host or ""
        addresses = [literal(host)]
        if not addresses[0]:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            addresses = [str(one[4][0]) for one in found]
        return not any(self._reach.permits(host, one, inside=False) for one in addresses)

    def _session(self, inside: bool | None) -> aiohttp.ClientSession:  # noqa: FBT001 - a key
        """Return the pool for what is inside, outside, or (None) behind the proxy."""
        if inside not in self._sessions:
            patience = self.patience
            # the proxy is the operator's word, wherever it is
            resolver = None if inside is None else _Resolver(self._reach, inside=inside)
            self._sessions[inside] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, limit=64),
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=patience.connect, sock_read=patience.silence
                ),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                max_line_size=_LONGEST_FIELD,
                max_field_size=_LONGEST_FIELD,
                headers={"User-Agent": "podium", "Accept-Encoding": "identity"},
            )
        return self._sessions[inside]


def joined(base: URL, location: str) -> URL:
    """Return where a Location leads; raises Refused for what is no address."""
    try:
        target = base.join(URL(location, encoded=True))
    except ValueError as error:
        raise Refused(f"{base.host} leads to something that is no address") from error
    if target.scheme not in {"http", "https"} or not target.host:
        raise Refused(f"{base.host} leads to something that is no address of a registry")
    return target


async def read(response: aiohttp.ClientResponse, limit: int, patience: Patience) -> bytes:
    """Return a small body; raises Refused when it has more than `limit` bytes."""
    body = bytearray()
    async for chunk in chunks(response, patience):
        body += chunk
        if len(body) > limit:
            raise Refused(f"{response.url.host} answers with more than {limit} bytes")
    return bytes(body)


async def chunks(response: aiohttp.ClientResponse, patience: Patience) -> AsyncIterator[bytes]:
    """Give a body as it comes; raises Unavailable when it comes too slowly.

    Only the time for which we wait counts, not what whoever takes the chunks does with them.
    """
    loop = asyncio.get_running_loop()
    waited, count, began = 0.0, 0, loop.time()
    try:
        async for chunk in response.content.iter_chunked(_CHUNK):
            waited += loop.time() - began
            count += len(chunk)
            if waited > patience.silence + count / patience.slowest:
                raise Unavailable(f"{response.url.host} sends {count} bytes in {waited:.0f} s")
            yield chunk
            began = loop.time()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unavailable(f"{response.url.host} {_why(error)}") from error


def _why(error: BaseException) -> str:
    """Return the reason in words; the libraries' own would tell of addresses with signatures."""
    if isinstance(error, aiohttp.ClientSSLError):
        return "has no certificate that we trust"
    if isinstance(error, aiohttp.ServerTimeoutError | TimeoutError):
        return "says nothing"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "cannot be reached"
    if isinstance(error, aiohttp.ClientPayloadError | aiohttp.ServerDisconnectedError):
        return "broke off"
    return f"cannot be understood ({type(error).__name__})"
