"""The dial socket: hands connected sockets of workspace ports to the proxy.

The socket is made inside the instance's network namespace by this very thread,
between two setns calls with nothing awaited in between, and connected from
outside; so ports that listen on loopback only are reached too, and no process that
user code controls ever holds a copy of the descriptor.
"""

import asyncio
import errno
import os
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import structlog

from daemon.host import syscalls
from daemon.host.gate import listen
from kit.tasks import Tasks
from wire.names import OWN_MARK

_log = structlog.get_logger(__name__)
_LONGEST = 512
"""Bytes of a request line."""
_PATIENCE = 10.0
"""Seconds for a connect inside one machine; a full accept queue answers later or never."""
AT_ONCE = 64
"""Connects to one port that may wait; whoever asks is not seen to give up, and may ask anew."""
_LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


class _Request(msgspec.Struct, forbid_unknown_fields=True):
    instance: str
    port: int


class Dialler:
    """Serves the dial socket; `netns_of` gives a running instance's namespace file or None."""

    def __init__(self, netns_of: Callable[[str], Path | None], users: frozenset[int]) -> None:
        self._netns_of = netns_of
        self._users = users
        self._home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self._tasks = Tasks()
        self._waiting: Counter[tuple[Path, int]] = Counter()

    def serve(self, path: str) -> None:
        """Start to listen at the path."""
        listen(path, self._users, self._tasks, "dial", self._serve)

    async def close(self) -> None:
        """Stop; connections handed over live on."""
        await self._tasks.close()
        os.close(self._home)

    async def _serve(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        line = b""
        with connection:
            while True:
                data = await _receive(loop, connection)
                line += data
                if not data or len(line) > _LONGEST:
                    return
                if not line.endswith(b"\n"):
                    continue
                reply, found = await self._answer(line)
                line = b""
                try:
                    if not _send(connection, reply, found):
                        return
                finally:
                    if found is not None:
                        found.close()

    async def _answer(self, line: bytes) -> tuple[bytes, socket.socket | None]:
        try:
            request = msgspec.json.decode(line, type=_Request)
        except msgspec.DecodeError:
            return _refusal("unknown", "not a request"), None
        netns = self._netns_of(request.instance)
        if netns is None or not 0 < request.port < 65536:
            return _refusal("unknown", "no such running instance or port"), None
        try:
            return b'{"ok":true}\n', await self._dial(netns, request.port)
        except ConnectionRefusedError:
            return _refusal("refused", "nothing listens"), None
        except (TimeoutError, OSError) as error:
            return _refusal("busy", str(error) or "no answer in time"), None

    async def _dial(self, netns: Path, port: int) -> socket.socket:
        """Return a connected socket: 127.0.0.1 first, then ::1. Raises OSError."""
        loop = asyncio.get_running_loop()
        refused = OSError(errno.ECONNREFUSED, "nothing listens")
        for family, address in _LOOPBACK:
            made = self._socket_inside(netns, family)
            try:
                # inside one machine most connects are done, or refused, at once
                if made.connect_ex((address, port)) != 0:
                    async with self._waits((netns, port)), asyncio.timeout(_PATIENCE):
                        await loop.sock_connect(made, (address, port))
            except ConnectionRefusedError:
                made.close()
            except BaseException:
                made.close()
                raise
            else:
                return made
        raise refused

    @asynccontextmanager
    async def _waits(self, place: tuple[Path, int]) -> AsyncIterator[None]:
        """Count who waits for a port. Raises TimeoutError when there are too many."""
        if self._waiting[place] >= AT_ONCE:
            raise TimeoutError("too many wait for it")
        self._waiting[place] += 1
        try:
            yield
        finally:
            self._waiting[place] -= 1
            if not self._waiting[place]:
                del self._waiting[place]

    def _socket_inside(self, netns: Path, family: socket.AddressFamily) -> socket.socket:
        there = os.open(netns, os.O_RDONLY | os.O_CLOEXEC)
        try:
            syscalls.setns(there, syscalls.CLONE_NEWNET)
            try:
                made = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            finally:
                self._come_home()
        finally:
            os.close(there)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # to the port itself, also where the workspace's own connections lead to the platform
        made.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, OWN_MARK)
        return made

    def _come_home(self) -> None:
        try:
            syscalls.setns(self._home, syscalls.CLONE_NEWNET)
        except OSError:
            # every later socket of the daemon would be a workspace's: better to start anew
            _log.critical("lost_in_a_workspace_network")
            sys.stderr.flush()
            os._exit(70)


def _refusal(error: str, detail: str) -> bytes:
    return msgspec.json.encode({"ok": False, "error": error, "detail": detail}) + b"\n"


async def _receive(loop: asyncio.AbstractEventLoop, connection: socket.socket) -> bytes:
    try:
        return await loop.sock_recv(connection, _LONGEST + 1)
    except ConnectionError:
        return b""


def _send(connection: socket.socket, reply: bytes, found: socket.socket | None) -> bool:
    """Send one reply; False when the peer is gone or does not read, which ends the connection.

    One outstanding request per connection: the buffer is empty, so a small message fits whole.
    """
    descriptors = [] if found is None else [found.fileno()]
    try:
        return socket.send_fds(connection, [reply], descriptors) == len(reply)
    except OSError:
        return False
