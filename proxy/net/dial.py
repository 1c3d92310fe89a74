"""Connections to ports of instances: the daemon makes the socket, we get the descriptor.

One request at a time on each line to the daemon, so that bytes and descriptor stay
together. A port whose queue is full is answered late or never, and whoever wants may ask
for it: it has a few lines at a time, so that no other port waits for it. A line on which
a request was given up is closed: its answer would reach the next one.
"""

import asyncio
import os
import socket

import msgspec

from proxy.core.commands import Way

LINES = 4
"""Lines to the daemon at once for one port."""
KEPT = 8
"""Lines that are kept when nobody asks."""
RESTART = 3.0
"""Seconds for which a daemon that has gone is waited for; whoever asks after them waits no more."""
PAUSE = 0.05
"""Seconds between two tries."""
LONGEST = 4096
"""Bytes of an answer."""


class UnreachableError(Exception):
    """There is no connection; `way` says why."""

    def __init__(self, way: Way) -> None:
        super().__init__(way.value)
        self.way = way


class _Question(msgspec.Struct):
    instance: str
    port: int


class _Answer(msgspec.Struct):
    ok: bool
    error: str = ""
    detail: str = ""


_REASONS = {"refused": Way.REFUSED, "busy": Way.BUSY, "unknown": Way.UNKNOWN}


class _LineLostError(Exception):
    """The daemon ended the line, or said nonsense on it."""


class _Place:
    """A port that is asked for, by how many, and who of them has a turn."""

    def __init__(self) -> None:
        self.here = 0
        self.turns = asyncio.Semaphore(LINES)


class Dialer:
    """Asks the daemon's dial socket for connected sockets."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._idle: list[socket.socket] = []
        self._missed_since = float("inf")
        self._places: dict[tuple[str, int], _Place] = {}
        self._others: dict[str, Dialer] = {}

    async def dial(self, instance: str, port: int, node: str = "") -> socket.socket:
        """Return a connected, non-blocking TCP socket, the caller's to close.

        `node` is the path of another node's dial socket. Raises UnreachableError.
        """
        if node and node != self._path:
            other = self._others.get(node)
            if other is None:
                other = self._others[node] = Dialer(node)
            return await other.dial(instance, port)
        where = instance, port
        place = self._places.get(where)
        if place is None:
            place = self._places[where] = _Place()
        place.here += 1
        try:
            async with place.turns:
                return await self._asked(instance, port)
        finally:
            place.here -= 1
            if place.here == 0:
                del self._places[where]

    async def _asked(self, instance: str, port: int) -> socket.socket:
        while self._idle:
            try:
                return await self._use(self._idle.pop(), instance, port)
            except _LineLostError:
                continue  # the daemon was started anew since
        try:
            return await self._use(await self._open(), instance, port)
        except _LineLostError as error:
            raise UnreachableError(Way.AWAY) from error

    async def _open(self) -> socket.socket:
        """Return a line; a daemon that has just gone is waited for, since it starts anew."""
        loop = asyncio.get_running_loop()
        while True:
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            try:
                await loop.sock_connect(line, self._path)
            except OSError as error:
                line.close()
                now = loop.time()
                self._missed_since = min(self._missed_since, now)
                if now - self._missed_since >= RESTART:
                    raise UnreachableError(Way.AWAY) from error
            except BaseException:
                line.close()
                raise
            else:
                self._missed_since = float("inf")
                return line
            await asyncio.sleep(PAUSE)

    async def _use(self, line: socket.socket, instance: str, port: int) -> socket.socket:
        try:
            question = msgspec.json.encode(_Question(instance, port)) + b"\n"
            await asyncio.get_running_loop().sock_sendall(line, question)
            answer, descriptors = await _receive(line)
        except BaseException as error:
            line.close()
            if isinstance(error, OSError | msgspec.DecodeError):
                raise _LineLostError from error
            raise
        if len(self._idle) < KEPT:
            self._idle.append(line)
        else:
            line.close()
        if answer.ok and len(descriptors) == 1:
            connected = socket.socket(fileno=descriptors[0])
            connected.setblocking(False)
            return connected
        _close(descriptors)
        raise UnreachableError(_REASONS.get(answer.error, Way.AWAY))

    def close(self) -> None:
        """Close the idle lines."""
        for other in self._others.values():
            other.close()
        for line in self._idle:
            line.close()
        self._idle.clear()


async def _receive(line: socket.socket) -> tuple[_Answer, list[int]]:
    """Return the answer and the descriptors that came with it.

    Raises OSError and DecodeError; then no descriptor is left open.
    """
    text, descriptors = b"", list[int]()
    whole = False
    try:
        while not text.endswith(b"\n"):
            await _readable(line)
            text += _read(line, descriptors, LONGEST - len(text))
        answer = msgspec.json.decode(text, type=_Answer)
        whole = True
    finally:
        if not whole:
            _close(descriptors)
    return answer, descriptors


def _read(line: socket.socket, descriptors: list[int], room: int) -> bytes:
    """Return bytes that are there, none after a false alarm; raises OSError."""
    try:
        data, came, flags, _address = socket.recv_fds(line, max(room, 1), 4)
    except BlockingIOError:
        return b""
    for one in came:
        os.set_inheritable(one, False)  # Python drops the flag that would ask the kernel
    descriptors += came
    if not data or room <= 0 or flags & socket.MSG_CTRUNC:
        raise ConnectionError("the daemon's answer is not whole")
    return data


async def _readable(line: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(line, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(line)


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
