"""A unix socket that only some users may speak to."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from kit.tasks import Tasks
from kit.unixsocket import bind_unix, peer_uid

_log = structlog.get_logger(__name__)

Serve = Callable[[socket.socket], Coroutine[Any, Any, None]]
"""Serves one connection, non-blocking, and closes it."""


def listen(path: str, users: frozenset[int], tasks: Tasks, name: str, serve: Serve) -> None:
    """Listen at the path; each connection of these uids gets a task of its own.

    The mode lets anybody in who must not be root alone: the peer's uid decides.
    """
    listener = bind_unix(path, 0o600 if users == {0} else 0o666)
    accepting = tasks.spawn(_accept(listener, users, tasks, name, serve), f"{name}-accept")
    # not in the task, which may be cancelled before its first step
    accepting.add_done_callback(lambda _ended: listener.close())


async def _accept(
    listener: socket.socket, users: frozenset[int], tasks: Tasks, name: str, serve: Serve
) -> None:
    loop = asyncio.get_running_loop()
    while True:
        connection, _address = await loop.sock_accept(listener)
        if peer_uid(connection) not in users:
            _log.warning("caller_refused", socket=name, uid=peer_uid(connection))
            connection.close()
            continue
        connection.setblocking(False)
        tasks.spawn(serve(connection), f"{name}-connection")
