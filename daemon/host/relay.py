"""Puts a check of the peer's user id in front of gRPC, which cannot do it itself.

gRPC listens on a socket in a folder of root's; callers reach it through this relay,
which looks at SO_PEERCRED first. A few calls a second pass here, so bytes are copied.
"""

import asyncio
import socket

import structlog

from daemon.host.gate import listen
from kit.tasks import Tasks

_log = structlog.get_logger(__name__)
_PIECE = 65536


class Relay:
    """Accepts on one unix socket and connects to another for the users allowed."""

    def __init__(self, target: str, users: frozenset[int]) -> None:
        self._target = target
        self._users = users
        self._tasks = Tasks()

    def serve(self, path: str) -> None:
        """Start to listen at the path."""
        listen(path, self._users, self._tasks, "relay", self._relay)

    async def close(self) -> None:
        """Stop, and cut what is connected."""
        await self._tasks.close()

    async def _relay(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with connection, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as target:
            target.setblocking(False)
            try:
                await loop.sock_connect(target, self._target)
                async with asyncio.TaskGroup() as both:
                    both.create_task(_copy(connection, target))
                    both.create_task(_copy(target, connection))
            except* OSError as cut:
                _log.debug("caller_cut", reason=str(cut.exceptions[0]))


async def _copy(source: socket.socket, target: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    while data := await loop.sock_recv(source, _PIECE):
        await loop.sock_sendall(target, data)
    target.shutdown(socket.SHUT_WR)
