"""A proxy without an installation: a file says where hosts lead and who may pass.

`python -m proxy --listen 127.0.0.1:9001 --routes routes.json`; docs/proxy.md describes both.
"""

import kit.lean  # noqa: F401 - before anything loads structlog

# isort: split

import asyncio
import gc
import os
import signal
import socket
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import structlog
import uvloop

from kit.descriptors import room
from kit.listening import BACKLOG, listen_on
from kit.log import configure
from proxy.core.commands import Service
from proxy.core.grants import Grants
from proxy.core.patience import DRAIN
from proxy.core.plans import World
from proxy.core.routefile import RouteFileError
from proxy.core.rules import Rules
from proxy.core.table import Table
from proxy.core.tally import Tally
from proxy.net.accesslog import AccessLog
from proxy.net.dial import Dialer
from proxy.net.ending import Ending
from proxy.net.gateway import Gateway
from proxy.net.inward import Ways
from proxy.net.redeem import Redeemer
from proxy.net.routewatch import RouteWatch, tell
from proxy.net.upstream import Pool

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 takes a free one."""

    host: str
    port: int

    @classmethod
    def of(cls, text: str) -> "Address":
        """Read `127.0.0.1:9001` or `[::1]:9001`; raises ArgumentTypeError."""
        host, _colon, port = text.rpartition(":")
        try:
            found = cls(str(ip_address(host.strip("[]"))), int(port))
        except ValueError as error:
            raise ArgumentTypeError(f"{text!r} must be address:port") from error
        if not 0 <= found.port <= 65535:
            raise ArgumentTypeError(f"{text!r} must end with a port up to 65535")
        return found


def parser() -> ArgumentParser:
    """Return the grammar of the command line."""
    top = ArgumentParser(prog="python -m proxy", description="A proxy without an installation.")
    top.add_argument("--routes", type=Path, required=True, metavar="FILE")
    top.add_argument(
        "--listen", type=Address.of, default=Address("127.0.0.1", 9001), metavar="ADDRESS:PORT"
    )
    return top


def main() -> None:
    """Serve until SIGTERM; SIGHUP reads the file again."""
    arguments = parser().parse_args()
    listen, routes = arguments.listen, arguments.routes
    level = os.environ.get("PODIUM_LOG_LEVEL", "info")
    configure("proxy", level)
    try:
        uvloop.run(_until_told(listen, routes, level in {"debug", "info"}))
    except RouteFileError as error:
        sys.exit(f"podium proxy: {routes}: {error}")
    except OSError as error:
        sys.exit(f"podium proxy: {error}")


async def _until_told(listen: Address, routes: Path, lines: bool) -> None:  # noqa: FBT001 - private
    loop = asyncio.get_running_loop()
    ended, again = asyncio.Event(), asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, ended.set)
    loop.add_signal_handler(signal.SIGHUP, again.set)
    await serve(listen, routes, ended, again, AccessLog(sys.stderr.buffer, enabled=lines))


async def serve(
    listen: Address,
    routes: Path,
    ended: asyncio.Event,
    again: asyncio.Event,
    log: AccessLog,
    ready: Callable[[list[socket.socket]], None] = lambda _sockets: None,
) -> None:
    """Serve until `ended` is set; `again` reads the file anew.

    Raises RouteFileError and OSError at the start.
    """
    sockets = listen_on(listen.host, listen.port)
    port = sockets[0].getsockname()[1]
    watch, table = RouteWatch(routes, port, again), Table()
    said = watch.read()
    services = said.services
    redeemer, tally = Redeemer(services.internal), Tally()
    gateway = Gateway(
        World(Rules(said.hosts, said.tag, Grants(table)), table),
        Pool(
            {Service.SERVER: services.server, Service.BLOBSERVE: services.blobserve},
            Ways(Dialer("")),
        ),
        redeemer,
        log,
        [tally.count],
        most=room(),
    )
    await tell(said, gateway.feed)
    gc.freeze()  # no collection has to walk all routes
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(gateway.protocol, sock=one, backlog=BACKLOG) for one in sockets
    ]
    _log.info("listening", port=port, routes=len(table.routes), dashboard=said.hosts.dashboard)
    ready(sockets)
    async with asyncio.TaskGroup() as group:
        work = [
            group.create_task(watch.run(table, gateway.feed), name="routes"),
            group.create_task(gateway.sweep(), name="sweep"),
        ]
        await ended.wait()
        for server in servers:
            server.close()
        ending = Ending()
        ending.wish(DRAIN)
        await gateway.drain(ending)
        for one in work:
            one.cancel()
    await redeemer.close()
    counted = sum(one.value for one in tally.samples() if one.name == "requests")
    _log.info("ended", requests=int(counted))


if __name__ == "__main__":
    main()
