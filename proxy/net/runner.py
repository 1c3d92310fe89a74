"""Putting the proxy together, and its life from start to SIGTERM."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import structlog

from kit.unixsocket import bind_unix
from proxy.core.access import Rules
from proxy.core.commands import Service
from proxy.core.grants import Grants
from proxy.core.plans import World
from proxy.core.table import Table
from proxy.net.accesslog import AccessLog
from proxy.net.dial import Dialer
from proxy.net.feed import Feed
from proxy.net.gateway import Gateway
from proxy.net.listener import BACKLOG, listen_on
from proxy.net.probing import Probing
from proxy.net.redeem import Redeemer
from proxy.net.upstream import Pool
from proxy.net.uses import Uses
from proxy.settings import Settings

_log = structlog.get_logger(__name__)


async def serve(
    settings: Settings,
    ended: asyncio.Event,
    lines: BinaryIO,
    ready: Callable[[list[socket.socket]], None] = lambda _sockets: None,
) -> None:
    """Serve until `ended` is set; access lines go to `lines`.

    `ready` is told the listening sockets. Raises OSError when the port cannot be had.
    """
    layout, table = settings.layout, Table()
    rules = Rules(settings.hosts, layout.tag, Grants(table))
    dialer = Dialer(str(layout.dial_socket))
    sockets_of_services = {
        Service.SERVER: str(layout.public_socket),
        Service.BLOBSERVE: str(layout.blobserve_socket),
    }
    redeemer = Redeemer(str(layout.internal_socket))
    uses = Uses(str(layout.internal_socket))
    world = World(rules, table, settings.fronts)
    probing = Probing(sockets_of_services, world.away)
    gateway = Gateway(
        world,
        Pool(sockets_of_services, dialer),
        redeemer,
        AccessLog(lines, enabled=settings.log_level in {"debug", "info"}),
        [uses.note, probing.note],
    )
    probing.opened = gateway.give_up
    file = Path(layout.proxy_home) / "routes.jsonl"
    feed = Feed(str(layout.internal_socket), table, gateway.feed, file)
    _log.info("routes_loaded", found=feed.load(), routes=len(table.routes))
    sockets = listen_on(settings.listen, settings.port)
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(gateway.protocol, sock=one, backlog=BACKLOG) for one in sockets
    ]
    entry = bind_unix(str(layout.entry_socket), 0o666)
    servers.append(await loop.create_unix_server(gateway.entry_protocol, sock=entry))
    _log.info("listening", addresses=[one.getsockname()[0] for one in sockets], port=settings.port)
    ready(sockets)
    async with asyncio.TaskGroup() as group:
        work = [
            group.create_task(feed.run(), name="feed"),
            group.create_task(feed.keep(), name="feed-keep"),
            group.create_task(gateway.sweep(), name="sweep"),
            group.create_task(uses.run(), name="uses"),
            group.create_task(probing.run(), name="probing"),
        ]
        await ended.wait()
        for server in servers:
            server.close()
        await gateway.drain()
        for one in work:
            one.cancel()
    dialer.close()
    await redeemer.close()
    _log.info("ended")
