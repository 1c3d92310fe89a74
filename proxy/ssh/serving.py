"""`python -m proxy.ssh.serving FD…`: serves on sockets that are open already, until SIGTERM.

When nobody has been here for a while it becomes the small program again that waits.
"""

import kit.lean  # noqa: F401 - before anything loads structlog

# isort: split

import asyncio
import logging
import os
import signal
import socket
import sys
import time
from pathlib import Path

import asyncssh
import structlog
from websockets.asyncio.server import Server as WebSocketServer

from kit.env import SettingError
from kit.log import configure
from proxy.net.dial import Dialer
from proxy.net.inward import Ways
from proxy.settings import Settings
from proxy.ssh.asking import Server
from proxy.ssh.gateway import Gateway
from proxy.ssh.hostkeys import load_or_make, told
from proxy.ssh.sockets import adopt, become
from proxy.ssh.tunnel import Tunnel

WAITER = "proxy.ssh"
IDLE = 120.0
"""Seconds without a connection after which the memory is given back."""
_log = structlog.get_logger(__name__)


async def serve(settings: Settings, sockets: list[socket.socket], idle: float = IDLE) -> bool:
    """Serve until SIGTERM (false), or until nobody has been here for `idle` seconds (true)."""
    layout, loop = settings.layout, asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    keys = load_or_make(Path(layout.ssh_home))
    server = Server(str(layout.internal_socket))
    inward = Ways(Dialer(str(layout.dial_socket)))
    gateway = Gateway(server, inward, keys, settings.hosts.dashboard)
    tunnel = Tunnel(gateway, settings.hosts, told(keys))
    listening: list[asyncio.Server | WebSocketServer] = []
    for one in sockets:
        copy = one.dup()  # the server closes its own; ours lives on
        copy.setblocking(False)
        if one.family == socket.AF_UNIX:
            listening.append(await tunnel.serve(copy))
        else:
            listening.append(await loop.create_server(gateway.visit, sock=copy))
    watching = gateway.tasks.spawn(gateway.watch(), "watch")
    idling = False
    while not ended.is_set() and not idling:
        try:
            async with asyncio.timeout(max(1.0, idle / 4)):
                await ended.wait()
        except TimeoutError:
            empty = not gateway.connections and not tunnel.open
            idling = empty and time.monotonic() - gateway.empty_since >= idle
    for one_server in listening:
        one_server.close()
    watching.cancel()
    await gateway.drain()
    inward.close()
    await server.close()
    return idling


def main() -> None:
    """Read the settings and serve."""
    try:
        settings = Settings.from_environ(os.environ)
    except (SettingError, ValueError) as error:
        sys.exit(f"podium ssh: {error}")
    configure("ssh", settings.log_level)
    logging.getLogger("asyncssh").setLevel(logging.WARNING)
    sockets = adopt(sys.argv[1:])
    try:
        idle = asyncio.run(serve(settings, sockets))
    except (OSError, asyncssh.KeyImportError) as error:
        sys.exit(f"podium ssh: {error}")
    if idle:
        _log.info("ssh_rests")
        become(WAITER, sockets)


if __name__ == "__main__":
    main()
