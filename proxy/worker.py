"""`python -m proxy.worker`: one worker process, serves until it is told to leave, or to end.

The line to its master is standard input, a socket with one word each way. A line that ends
says that the master is gone, after which the next one has workers of its own.
"""

import kit.lean  # noqa: F401 - before anything loads structlog

# isort: split

import asyncio
import os
import signal
import socket
import sys
from argparse import ArgumentParser
from functools import partial
from typing import cast

import uvloop

from kit.env import SettingError
from kit.listening import Sockets, adopt, of_systemd
from kit.log import configure
from proxy.core.patience import DRAIN
from proxy.net.ending import Ending
from proxy.net.line import LEAVE, READY, UNUSABLE
from proxy.net.runner import serve
from proxy.net.tls import CertificateError
from proxy.settings import Settings


class Line(asyncio.Protocol):
    """Wishes for the end when the master says so, or is gone."""

    def __init__(self, ending: Ending, drain: float) -> None:
        self._ending = ending
        self._drain = drain
        self._transport: asyncio.WriteTransport | None = None

    def ready(self, _sockets: Sockets) -> None:
        """Tell the master that this worker serves."""
        if self._transport is not None:
            self._transport.write(READY)

    # --- asyncio ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses, but have the same methods
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        if LEAVE in data:
            self._ending.wish(self._drain)

    def connection_lost(self, _error: Exception | None) -> None:
        self._transport = None
        self._ending.wish(self._drain)


async def work(settings: Settings, given: Sockets, worker: int | None, *, relief: bool) -> None:
    """Serve; without a place among the workers there is no master either."""
    loop, ending = asyncio.get_running_loop(), Ending()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.wish, DRAIN)
    serving = partial(serve, settings, ending, sys.stderr.buffer, given=given)
    if worker is None:
        await serving()
        return
    loop.add_signal_handler(signal.SIGHUP, lambda: None)  # is for the master
    line = await open_line(os.dup(0), ending, settings.drain)
    await serving(line.ready, worker=worker, relief=relief)


async def open_line(descriptor: int, ending: Ending, drain: float) -> Line:
    """Take the line to the master over."""
    end = socket.socket(fileno=descriptor)
    end.setblocking(False)
    loop = asyncio.get_running_loop()
    _transport, line = await loop.create_connection(lambda: Line(ending, drain), sock=end)
    return line


def parser() -> ArgumentParser:
    """Return the grammar of the command line."""
    top = ArgumentParser(prog="python -m proxy.worker", description="One process of the proxy.")
    top.add_argument("--worker", type=int, metavar="N", help="place among the master's workers")
    top.add_argument("--sockets", default="", metavar="NAME=FD,…", help="listening sockets")
    top.add_argument("--relief", action="store_true", help="another worker still serves")
    return top


def main() -> None:
    """Read the settings and serve; exit with words when the port cannot be had."""
    arguments = parser().parse_args()
    try:
        settings = Settings.from_environ(os.environ)
        given = adopt(arguments.sockets) or of_systemd(os.environ, os.getpid())
    except (SettingError, ValueError) as error:
        sys.exit(f"podium proxy: {error}")
    configure("proxy", settings.log_level)
    try:
        uvloop.run(work(settings, given, arguments.worker, relief=arguments.relief))
    except CertificateError as error:
        print(f"podium proxy: {error}", file=sys.stderr)  # noqa: T201 - its last words
        sys.exit(UNUSABLE)
    except OSError as error:
        sys.exit(f"podium proxy: cannot listen on {settings.listen}:{settings.port}: {error}")


if __name__ == "__main__":
    main()
