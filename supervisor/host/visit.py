"""One connection at the door: its line is read, then bytes go to a port of loopback and back.

TLS cannot be ended in one direction alone, so the end of either side is the end of both, after
what was said before it has been delivered. What is lost, and not ended, is lost for the other
side too: nobody may take half an answer for a whole one.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import cast

from wire.door import LONGEST

_RESET = struct.pack("ii", 1, 0)
_SILENT = ((socket.TCP_KEEPIDLE, 60), (socket.TCP_KEEPINTVL, 20), (socket.TCP_KEEPCNT, 4))
"""Seconds, seconds, times: after about 140 s a peer that vanished without a word is lost."""


class Side(asyncio.Protocol):
    """One side of a conversation, and the other one once there is one."""

    def __init__(self) -> None:
        self.other: Side | None = None
        self.transport: asyncio.Transport | None = None

    def write(self, data: bytes) -> None:
        """Say what the other side says."""
        if self.transport is not None:
            self.transport.write(data)

    def hold(self, *, on: bool) -> None:
        """Stop to read, or go on."""
        if self.transport is None or self.transport.is_closing():
            return
        if on:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def finish(self) -> None:
        """End after what was said has been sent."""
        if self.transport is not None:
            self.transport.close()

    def reset(self) -> None:
        """End so that it is seen that something is missing."""
        if self.transport is not None:
            self._socket(self.transport).setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.transport.abort()

    def _socket(self, transport: asyncio.BaseTransport) -> socket.socket:
        return cast("socket.socket", transport.get_extra_info("socket"))

    # --- asyncio ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self.other is not None:
            self.other.write(data)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        other, self.other = self.other, None
        if other is None:
            return
        other.other = None
        if error is None:
            other.finish()
        else:
            other.reset()

    def pause_writing(self) -> None:
        if self.other is not None:
            self.other.hold(on=True)

    def resume_writing(self) -> None:
        if self.other is not None:
            self.other.hold(on=False)


class Visit(Side):
    """The proxy's side. `line` is what it said first, without its newline; None for nothing."""

    def __init__(self, gone: Callable[["Visit"], None]) -> None:
        super().__init__()
        self.line: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._gone = gone
        self._begun = b""

    def answer(self, word: str) -> None:
        """Say a word."""
        self.write(f"{word}\n".encode())

    def take(self) -> bytes:
        """Return what came behind the line."""
        begun, self._begun = self._begun, b""
        return begun

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        connected = self._socket(transport)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in _SILENT:
            connected.setsockopt(socket.IPPROTO_TCP, option, value)

    def data_received(self, data: bytes) -> None:
        if self.other is not None:
            self.other.write(data)
            return
        self._begun += data
        if self.line.done():
            return
        line, newline, rest = self._begun.partition(b"\n")
        if newline and len(line) <= LONGEST:
            self._begun = rest
            self.hold(on=True)  # what follows is for the port
            self.line.set_result(line)
        elif len(self._begun) > LONGEST:
            self.line.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        if not self.line.done():
            self.line.set_result(None)
        self._gone(self)


class Inner(Side):
    """The port's side, of a visit whose line was answered."""

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self._visit = visit

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        visit = self._visit
        if visit.transport is None:  # gone meanwhile
            self.reset()
            return
        self.other, visit.other = visit, self
        self.write(visit.take())
        visit.hold(on=False)
