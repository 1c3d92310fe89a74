"""Connections on which files are asked for: read and answered here, without an HTTP library.

A request that was answered a moment ago, byte for byte the same, is answered the same way: for a
second nothing is looked up. Small files go out with their head in one piece; of others the
kernel sends the part of the layer. What is not a plain request for a file, and the rest of its
connection, is handed to the HTTP library, which reads it from its first byte.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Protocol

import structlog

from blobserve.core.counts import Counts
from blobserve.core.heads import LARGEST, Head, read_head
from blobserve.core.replies import Reply
from blobserve.lines import Lines
from blobserve.outgoing import Ready, Sending, made
from kit.tasks import Tasks

_log = structlog.get_logger(__name__)
_END = b"\r\n\r\n"
_FRESH = 1.0
"""Seconds for which an answer is given again without looking."""
_MOST_KEPT = 16 << 20
_MOST_ANSWERS = 4096
_IDLE = 75.0
"""Seconds after which a connection without a request is closed, or one that takes nothing."""


class Answering(Protocol):
    """Whoever knows the files."""

    asked: float
    counts: Counts

    def reply(self, head: Head) -> Reply | Awaitable[Reply]:
        """Return the answer, at once where the file is warm."""
        ...


class Lanes:
    """Every connection, and what was answered a moment ago."""

    def __init__(
        self, site: Answering, library: Callable[[], asyncio.Protocol], lines: Lines
    ) -> None:
        self.site, self.library, self.lines = site, library, lines
        self.loop = asyncio.get_running_loop()
        self.tasks = Tasks()
        self._ready: dict[bytes, Ready] = {}
        self._kept = 0
        self.open: set[Lane] = set()
        self._timer = self.loop.call_later(_IDLE / 4, self._sweep)

    def make(self) -> "Lane":
        """Return the protocol of a new connection."""
        return Lane(self)

    async def close(self) -> None:
        """End every connection."""
        self._timer.cancel()
        await self.tasks.close()
        for one in list(self.open):
            one.end()
        self.lines.flush()

    def known(self, data: bytes) -> Ready | None:
        """Return the answer to a request that was answered a moment ago."""
        found = self._ready.get(data)
        return found if found is not None and found.until > self.loop.time() else None

    def ready(self, data: bytes, head: Head, reply: Reply) -> Ready:
        """Return an answer as it goes out, and remember it; raises FileNotFoundError."""
        ready = made(head, reply, self.loop.time() + _FRESH)
        if reply.status == HTTPStatus.OK and not head.asked.inline:
            if len(self._ready) > _MOST_ANSWERS or self._kept > _MOST_KEPT:
                self._ready.clear()
                self._kept = 0
            self._ready[data] = ready
            self._kept += len(ready.head) + len(ready.body or b"")
        return ready

    def forget(self, data: bytes) -> None:
        """Look a request up anew the next time."""
        self._ready.pop(data, None)

    def _sweep(self) -> None:
        before = self.loop.time() - _IDLE
        for one in list(self.open):
            if one.moved < before and not one.waits:
                one.end()
        self._timer = self.loop.call_later(_IDLE / 4, self._sweep)


class Lane(asyncio.Protocol):
    """One connection."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._held = b""
        self._socket: socket.socket | None = None
        self._sending: Sending | None = None
        self.moved = lanes.loop.time()
        self._full = False
        self.waits = False
        """Whether an answer is being looked for."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._lanes.open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - why does not matter
        self._lanes.open.discard(self)
        if self._sending is not None:
            self._lanes.loop.remove_writer(self._socket_of().fileno())
            self._sending.close()
            self._sending = None
        if self._socket is not None:
            self._socket.close()

    def end(self) -> None:
        """Close the connection."""
        self._transport.abort()

    def pause_writing(self) -> None:
        """Answer nothing more until the client has taken what there is."""
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._go_on()

    def _is_busy(self) -> bool:
        return self.waits or self._full or self._sending is not None

    def data_received(self, data: bytes) -> None:
        if self._is_busy():
            self._held += data
            if len(self._held) > LARGEST:
                self._transport.pause_reading()
            return
        if self._held:
            data = self._held + data
            self._held = b""
        ready = self._lanes.known(data)
        if ready is not None:
            self._lanes.site.counts.add("found", "remembered")
            self._send(data, ready)
        else:
            self._read(data)

    def _read(self, data: bytes) -> None:
        """Answer the requests in `data`; hold what is no whole one."""
        while data and not self._is_busy():
            at = data.find(_END)
            begins = data[:5]
            plain = b"GET /".startswith(begins) or b"HEAD ".startswith(begins)
            if at < 0 and len(data) <= LARGEST and plain:
                self._held = data
                return
            head = read_head(data[:at]) if 0 <= at <= LARGEST else None
            if head is None:
                self._hand_over(data)
                return
            one, data = data[: at + 4], data[at + 4 :]
            self._answer(one, head)
        self._held = data + self._held

    def _hand_over(self, data: bytes) -> None:
        library = self._lanes.library()
        self._lanes.open.discard(self)
        if self._socket is not None:
            self._socket.close()
        library.connection_made(self._transport)
        self._transport.set_protocol(library)
        library.data_received(data)

    def _answer(self, data: bytes, head: Head) -> None:
        reply = self._lanes.site.reply(head)
        if isinstance(reply, Reply):
            self._give(data, head, reply)
            return
        self.waits = True
        self._lanes.tasks.spawn(self._later(data, head, reply), "answer-file")

    async def _later(self, data: bytes, head: Head, coming: Awaitable[Reply]) -> None:
        try:
            reply = await coming
        except Exception:
            self.end()
            raise
        finally:
            self.waits = False
        if not self._transport.is_closing():
            self._give(data, head, reply)
            self._go_on()

    def _give(self, data: bytes, head: Head, reply: Reply) -> None:
        try:
            ready = self._lanes.ready(data, head, reply)
        except OSError as error:
            # it has left the cache between our looking and our reading
            _log.warning("file_gone", detail=str(error))
            self.end()
            return
        self._send(data, ready)

    def _send(self, data: bytes, ready: Ready) -> None:
        lanes = self._lanes
        self.moved = lanes.site.asked = lanes.loop.time()
        lanes.lines.write(ready.line)
        lanes.site.counts.answered("file", ready.status, ready.sent)
        if ready.body is not None:
            self._transport.write(ready.head + ready.body)
            return
        try:
            file = os.open(ready.blob, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            lanes.forget(data)
            self.end()
            return
        sending = Sending(ready.head, file, ready.start, ready.size)
        if self._transport.get_write_buffer_size():
            # behind what the transport still has to send: by the transport as well
            self._transport.write(ready.head + os.pread(file, ready.size, ready.start))
            os.close(file)
            return
        try:
            done = sending.some(self._socket_of())
        except OSError:
            self.end()
            return
        if not done:
            self._sending = sending
            lanes.loop.add_writer(self._socket_of().fileno(), self._more)

    def _more(self) -> None:
        """Send more, since the client takes more."""
        assert self._sending is not None
        try:
            done = self._sending.some(self._socket_of())
        except OSError:
            self.end()
            return
        self.moved = self._lanes.loop.time()
        if done:
            self._lanes.loop.remove_writer(self._socket_of().fileno())
            self._sending = None
            self._go_on()

    def _go_on(self) -> None:
        if self._is_busy() or self._transport.is_closing():
            return
        held, self._held = self._held, b""
        self._transport.resume_reading()
        self._read(held)

    def _socket_of(self) -> socket.socket:
        """Return a socket of our own for the connection, whose transport gives none away."""
        if self._socket is None:
            theirs = self._transport.get_extra_info("socket")
            self._socket = socket.socket(fileno=os.dup(theirs.fileno()))
            self._socket.setblocking(False)
        return self._socket
