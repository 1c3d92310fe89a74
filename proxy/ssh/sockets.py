"""The gateway's listening sockets, which outlive the program that waits on them."""

import os
import select
import socket
import sys
import time
from collections.abc import Sequence
from typing import NoReturn

from kit.listening import listen_on
from kit.unixsocket import bind_unix

AGAIN = 5.0
"""Seconds between two tries to get a port that another program has."""
BACKLOG = 128


def listen(address: str, port: int, path: str) -> list[socket.socket]:
    """Return sockets for the port (on both loopbacks with a loopback address) and for the path.

    Waits for a port that is taken: the platform works without it, and whoever has it may leave.
    """
    sockets = [bind_unix(path, 0o600)]
    sockets[0].listen(BACKLOG)
    told = False
    while True:
        try:
            return [*listen_on(address, port), *sockets]
        except OSError as error:
            if not told:
                sys.stderr.write(f"podium ssh: {address}:{port}: {error}\n")
                told = True
            time.sleep(AGAIN)


def adopt(descriptors: Sequence[str]) -> list[socket.socket]:
    """Return the sockets that the program before has left open."""
    found = [socket.socket(fileno=int(one)) for one in descriptors]
    for one in found:
        one.setblocking(False)
    return found


def wait(sockets: Sequence[socket.socket]) -> None:
    """Return when somebody wants to connect."""
    select.select(sockets, [], [])


def become(module: str, sockets: Sequence[socket.socket]) -> NoReturn:
    """Run another module in this process, with the same sockets."""
    for one in sockets:
        one.set_inheritable(True)
    descriptors = [str(one.fileno()) for one in sockets]
    os.execv(sys.executable, [sys.executable, "-P", "-m", module, *descriptors])  # noqa: S606 - ourselves
