"""Putting the proxy together, and its life from start to the wish for its end."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import structlog

from kit.descriptors import room
from kit.listening import BACKLOG, Sockets
from proxy.core.commands import Service
from proxy.core.grants import Grants
from proxy.core.plans import World
from proxy.core.rules import Rules
from proxy.core.table import Table
from proxy.core.tally import Tally
from proxy.core.turns import Turns
from proxy.core.visitors import Visitors
from proxy.net.accesslog import AccessLog
from proxy.net.admin import Admin
from proxy.net.dial import Dialer
from proxy.net.ending import Ending
from proxy.net.feed import Feed
from proxy.net.gateway import Gateway
from proxy.net.handshake import TlsServer
from proxy.net.inside import Inside
from proxy.net.inward import Ways
from proxy.net.listener import ADMIN, ENTRY, PUBLIC, REDIRECT, opened
from proxy.net.probing import Probing
from proxy.net.redeem import Redeemer
from proxy.net.tls import Certificates
from proxy.net.upstream import Pool
from proxy.net.uses import Uses
from proxy.settings import Settings

_log = structlog.get_logger(__name__)

CATCH_UP = 5.0
"""Seconds to hear every route from the server, for who has none, or is in no hurry."""
CHANGES = 0.3
"""Seconds to hear what has changed since the routes were written to disk."""


async def serve(
    settings: Settings,
    ending: Ending,
    lines: BinaryIO,
    ready: Callable[[Sockets], None] = lambda _sockets: None,
    *,
    given: Sockets | None = None,
    worker: int = 0,
    relief: bool = False,
) -> None:
    """Serve until the end is wished for; access lines go to `lines`.

    `given` are sockets that were handed over, `ready` is told all of them; `worker` is the
    place among the workers, from 0. Accepting begins when every route is known, for which a
    `relief`, beside which another one still serves, has more time. Raises OSError when a port
    cannot be had, CertificateError when it cannot be served with what is there.
    """
    structlog.contextvars.bind_contextvars(worker=worker)
    layout, table = settings.layout, Table()
    rules = Rules(settings.hosts, layout.tag, Grants(table))
    inward = Ways(Dialer(str(layout.dial_socket)))
    sockets_of_services = {
        Service.SERVER: str(layout.public_socket),
        Service.BLOBSERVE: str(layout.blobserve_socket),
        Service.SSH: str(layout.ssh_socket),
    }
    redeemer = Redeemer(str(layout.internal_socket))
    uses = Uses(str(layout.internal_socket))
    certificates = certificates_of(settings)
    visitors = Visitors(settings.visitors, settings.workers)
    turns = Turns(settings.address_requests, settings.workers)
    world = World(
        rules,
        table,
        settings.fronts,
        tls=certificates is not None,
        visitors=visitors,
        turns=turns,
    )
    tally = Tally()
    probing = Probing(sockets_of_services, world.away)
    gateway = Gateway(
        world,
        Pool(sockets_of_services, inward),
        redeemer,
        AccessLog(lines, enabled=settings.log_level in {"debug", "info"}),
        [uses.note, probing.note, tally.count],
        workers=settings.workers,
        most=settings.connections or room(),
    )
    probing.opened = gateway.give_up
    file = Path(layout.proxy_home) / "routes.jsonl"
    feed = Feed(str(layout.internal_socket), table, gateway.feed, file)
    found = feed.load()
    _log.info("routes_loaded", found=found, routes=len(table.routes))
    inside = Inside(gateway, feed, probing, tally)
    admin = Admin(inside, Path(layout.proxy_run), Path(layout.registry_socket))
    sockets = opened(settings, given or {})
    await admin.start()
    if not relief:  # beside which nobody could say why nothing is served yet
        await admin.share(sockets[ADMIN])
    async with asyncio.TaskGroup() as group:
        work = [
            group.create_task(feed.run(), name="feed"),
            group.create_task(gateway.sweep(), name="sweep"),
            group.create_task(uses.run(), name="uses"),
            group.create_task(probing.run(), name="probing"),
        ]
        with suppress(TimeoutError):  # then the server is away, and what is known counts
            async with asyncio.timeout(CHANGES if found and not relief else CATCH_UP):
                await gateway.caught_up.wait()
        if certificates is not None:
            work.append(group.create_task(certificates.watch(), name="certificates"))
        servers = await accept(gateway, sockets, certificates)
        inside.listening = True
        if relief:
            await admin.share(sockets[ADMIN])
        ready(sockets)
        # apart, because one of the workers writes for all, and none that leaves
        keep = group.create_task(feed.keep(), name="feed-keep")
        await ending.begun()
        await admin.leave()
        for server in servers:
            server.close()
        keep.cancel()
        await gateway.drain(ending)
        for one in work:
            one.cancel()
    await admin.stop()
    inward.close()
    await redeemer.close()
    _log.info("ended")


def certificates_of(settings: Settings) -> Certificates | None:
    """Return the installation's own certificates, if it has any; raises CertificateError."""
    if settings.tls_certificate is None:
        return None
    found = Certificates(settings.tls_certificate, settings.tls_key, settings.hosts)
    found.load()
    return found


async def accept(
    gateway: Gateway, sockets: Sockets, certificates: Certificates | None
) -> list[asyncio.AbstractServer | TlsServer]:
    """Accept browsers, and workspaces."""
    loop, servers = asyncio.get_running_loop(), list[asyncio.AbstractServer | TlsServer]()
    for name in (PUBLIC, REDIRECT):
        for one in sockets.get(name, []):
            if certificates is not None and name == PUBLIC:
                one.listen(BACKLOG)
                servers.append(TlsServer(gateway, one, certificates.context))
                continue
            servers.append(await loop.create_server(gateway.protocol, sock=one, backlog=BACKLOG))
    for one in sockets[ENTRY]:
        servers.append(
            await loop.create_unix_server(gateway.entry_protocol, sock=one, backlog=BACKLOG)
        )
    _log.info("listening", addresses=[str(one.getsockname()) for one in sockets[PUBLIC]])
    return servers
