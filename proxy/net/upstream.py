"""Connections to upstreams, and those that are kept open between requests."""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Mapping
from typing import Protocol, cast

from proxy.core.commands import Service, Upstream, Way
from proxy.core.message import Piece
from proxy.core.patience import KEPT_PER_UPSTREAM, KEPT_UPSTREAM
from proxy.net.dial import UnreachableError
from proxy.net.inward import Inward
from proxy.net.keepalive import probe
from wire.routes import NodeTarget

CONNECT_TIMEOUT = 10.0
"""Seconds for the server or an address to accept."""
AGAIN = 0.02
"""Seconds until one of the platform's services is tried again whose queue is full."""
_COPIED = 8192
"""Bytes up to which a part is copied beside others."""


def _tls() -> ssl.SSLContext:
    """Return how servers of workspaces are spoken to: their certificates are their own."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.set_alpn_protocols(["http/1.1"])
    return made


_TLS = _tls()


def send(transport: asyncio.Transport, parts: list[Piece]) -> None:
    """Send parts in one go: small ones joined, large ones as they are."""
    if len(parts) > 1 and len(parts[-1]) > _COPIED:
        transport.writelines(parts)
    else:
        transport.write(b"".join(parts))


class User(Protocol):
    """Whom a connection serves at the moment."""

    def upstream_received(self, data: bytes) -> None:
        """Bytes have come."""

    def upstream_eof(self) -> bool:
        """No more bytes come; true keeps the other direction open."""

    def upstream_lost(self, *, clean: bool) -> None:
        """The connection has ended."""

    def upstream_full(self, *, full: bool) -> None:
        """The write buffer is full, or has room again."""


class Wire:
    """One connection to an upstream. Nobody's while it is kept; then any byte ends it."""

    def __init__(self) -> None:
        self.user: User | None = None
        self.upstream: Upstream | None = None
        self.transport: asyncio.Transport | None = None
        self.kept_at = 0.0
        self._held = False

    @property
    def alive(self) -> bool:
        """Whether it can serve another request."""
        return self.transport is not None and not self.transport.is_closing()

    def write(self, parts: list[Piece]) -> None:
        """Send bytes."""
        if self.transport is not None:
            send(self.transport, parts)

    def hold(self, *, on: bool) -> None:
        """Stop, or go on, reading."""
        if self._held is on or self.transport is None or self.transport.is_closing():
            return
        self._held = on
        if on:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def close(self, *, flush: bool = False) -> None:
        """Close: at once, unless what was written shall still be sent."""
        self.user = None
        if self.transport is None:
            return
        if flush:
            self.transport.close()
        else:
            self.transport.abort()

    # --- asyncio ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses, but have the same methods
        self.transport = cast("asyncio.Transport", transport)
        probe(transport)

    def data_received(self, data: bytes) -> None:
        if self.user is None:  # bytes that nobody asked for
            self.close()
        else:
            self.user.upstream_received(data)

    def eof_received(self) -> bool:
        # TLS has no half of a connection: it ends, whatever is answered here
        half = self.transport is not None and self.transport.can_write_eof()
        return self.user is not None and self.user.upstream_eof() and half

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        user, self.user = self.user, None
        if user is not None:
            user.upstream_lost(clean=error is None)

    def pause_writing(self) -> None:
        if self.user is not None:
            self.user.upstream_full(full=True)

    def resume_writing(self) -> None:
        if self.user is not None:
            self.user.upstream_full(full=False)


async def _queued(path: str) -> tuple[asyncio.BaseTransport, asyncio.BaseProtocol]:
    """Return a connection to a Unix socket, in whose queue there may be no room for a moment.

    A crowd fills it in no time, and the service is not away for that. TCP asks again by itself.
    """
    while True:
        try:
            return await asyncio.get_running_loop().create_unix_connection(_protocol, path)
        except BlockingIOError:
            await asyncio.sleep(AGAIN)


def _protocol() -> asyncio.BaseProtocol:
    """Return a new wire; it has an `asyncio.Protocol`'s methods, and no base, to be compiled."""
    return cast("asyncio.BaseProtocol", Wire())


class Pool:
    """Opens connections, and keeps those that may serve again."""

    def __init__(self, sockets: Mapping[Service, str], inward: Inward) -> None:
        self._sockets = sockets
        self._inward = inward
        self._kept: dict[Upstream, deque[Wire]] = {}
        self._of: dict[str, set[Upstream]] = {}
        """Workspace → what is kept of its instances."""

    def take(self, upstream: Upstream) -> Wire | None:
        """Return a kept connection, the one used last, or None."""
        kept = self._kept.get(upstream)
        while kept:
            wire = kept.pop()
            if wire.alive:
                return wire
        return None

    async def open(self, upstream: Upstream) -> Wire:
        """Return a new connection; raises UnreachableError."""
        target = upstream.target
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                wire = await self._connected(upstream)
        except TimeoutError as error:
            raise UnreachableError(Way.BUSY) from error
        except ssl.SSLError as error:
            raise UnreachableError(Way.NOT_TLS) from error
        except ConnectionRefusedError as error:
            raise UnreachableError(
                Way.AWAY if isinstance(target, Service) else Way.REFUSED
            ) from error
        except OSError as error:
            raise UnreachableError(Way.AWAY) from error
        wire.upstream = upstream
        return wire

    async def _connected(self, upstream: Upstream) -> Wire:
        loop = asyncio.get_running_loop()
        target, port = upstream.target, upstream.port
        tls, name = (_TLS, "") if upstream.tls else (None, None)
        if isinstance(target, Service):
            made = await _queued(self._sockets[target])
        elif isinstance(target, NodeTarget):
            made = await self._inward.connect(_protocol, target, port, tls)
        else:
            made = await loop.create_connection(
                _protocol, target.host, target.port or port, ssl=tls, server_hostname=name
            )
        return cast("Wire", made[1])

    def keep(self, wire: Wire) -> None:
        """Keep a connection for another request, or close it."""
        wire.user = None
        upstream = wire.upstream
        assert upstream is not None
        kept = self._kept.get(upstream)
        if kept is None:
            kept = self._kept[upstream] = deque()
            self._of.setdefault(_workspace(upstream), set()).add(upstream)
        if not wire.alive or len(kept) >= KEPT_PER_UPSTREAM:
            wire.close(flush=True)
            return
        wire.hold(on=False)
        wire.kept_at = time.monotonic()
        kept.append(wire)

    def sweep(self, monotonic: float) -> None:
        """Close what has been kept for too long."""
        for upstream in list(self._kept):
            kept = self._kept[upstream]
            while kept and monotonic - kept[0].kept_at > KEPT_UPSTREAM:
                kept.popleft().close(flush=True)
            if not kept:
                self._drop(upstream)

    def counts(self) -> dict[str, int]:
        """Return how many are kept to the server, to blobserve, to instances and addresses."""
        found = dict.fromkeys((*(one.value for one in Service), "instance", "address"), 0)
        for upstream, kept in self._kept.items():
            target = upstream.target
            if isinstance(target, Service):
                found[target.value] += len(kept)
            else:
                found["instance" if isinstance(target, NodeTarget) else "address"] += len(kept)
        return found

    def workspaces(self) -> list[str]:
        """Return the workspaces to which something is kept."""
        return [one for one in self._of if one]

    def forget(self, workspace: str, instance: str) -> None:
        """Close kept connections to instances of a workspace other than this one."""
        for upstream in list(self._of.get(workspace, ())):
            target = upstream.target
            if isinstance(target, NodeTarget) and target.instance != instance:
                for wire in self._drop(upstream):
                    wire.close()

    def _drop(self, upstream: Upstream) -> deque[Wire]:
        workspace = _workspace(upstream)
        held = self._of[workspace]
        held.discard(upstream)
        if not held:
            del self._of[workspace]
        return self._kept.pop(upstream)

    def close(self) -> None:
        """Close everything that is kept."""
        for kept in self._kept.values():
            for wire in kept:
                wire.close()
        self._kept.clear()
        self._of.clear()


def _workspace(upstream: Upstream) -> str:
    """Return the workspace whose instance it is; empty for everything else."""
    target = upstream.target
    return target.instance.rpartition(".")[0] if isinstance(target, NodeTarget) else ""
