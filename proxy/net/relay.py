"""A tunnel: bytes both ways, untouched, at the pace of the slower side."""

import asyncio
from collections.abc import Callable

from proxy.net.upstream import Wire


class Relay:
    """Joins a client's transport and an upstream's wire until both directions have ended.

    Each side's end is passed on as a half-close; when one is lost the other is closed
    after what was written to it has been sent. `ended` is told once. `sent` and `received`
    are bytes to the client and from it.
    """

    def __init__(self, client: asyncio.Transport, wire: Wire, ended: Callable[[], None]) -> None:
        self._client = client
        self._wire = wire
        self._ended = ended
        self.sent = 0
        self.received = 0
        self._over = False
        self._client_done = False
        self._upstream_done = False
        self._client_held = False

    def begin(self, to_client: bytes, to_upstream: bytes) -> None:
        """Send what came before the tunnel was there."""
        if to_upstream:
            self.from_client(to_upstream)
        if to_client:
            self.upstream_received(to_client)

    # --- the client's side ---

    def from_client(self, data: bytes) -> None:
        """Pass bytes on to the upstream."""
        self.received += len(data)
        transport = self._wire.transport
        if transport is not None:
            transport.write(data)

    def client_eof(self) -> bool:
        """Pass the client's end on; true keeps the connection for the other direction."""
        self._client_done = True
        transport = self._wire.transport
        if self._upstream_done or transport is None or not transport.can_write_eof():
            return False
        transport.write_eof()
        return True

    def client_full(self, *, full: bool) -> None:
        """Let the upstream wait for the client."""
        self._wire.hold(on=full)

    def client_lost(self) -> None:
        """End the upstream's connection too."""
        self._over = True
        self._wire.close(flush=True)

    # --- the upstream's side ---

    def upstream_received(self, data: bytes) -> None:
        """Pass bytes on to the client."""
        self.sent += len(data)
        self._client.write(data)

    def upstream_eof(self) -> bool:
        """Pass the upstream's end on."""
        self._upstream_done = True
        if self._client_done or self._client.is_closing() or not self._client.can_write_eof():
            return False
        self._client.write_eof()
        return True

    def upstream_lost(self, *, clean: bool) -> None:
        """End; the client's connection is closed by whoever hears of it."""
        del clean
        if not self._over:
            self._over = True
            self._ended()

    def upstream_full(self, *, full: bool) -> None:
        """Let the client wait for the upstream."""
        if full is self._client_held or self._client.is_closing():
            return
        self._client_held = full
        if full:
            self._client.pause_reading()
        else:
            self._client.resume_reading()
