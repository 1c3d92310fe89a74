"""The server process: three sockets, one application, one event loop."""

import kit.lean  # noqa: F401 - before anything loads structlog

# isort: split

import asyncio
import logging
import os
import signal
import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import cast

import structlog
import uvicorn
import uvloop
from litestar import Litestar
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.accounts import service as accounts
from app.accounts.access import Listener
from app.agentprotocol import MOST, AgentProtocol
from app.asgi import create_app
from app.db import migrate
from app.db.sessions import Database
from app.ides.reading import CatalogueError, catalogue_of
from app.images.named import NamedImages
from app.images.node import NodeRoots
from app.images.port import ImagePorts
from app.linkprotocol import LinkProtocol
from app.listeners import ON_NETWORK, Gate
from app.nodes.client import NodeClient
from app.nodes.holdings import HoldingsClient
from app.nodes.points import PointsClient
from app.nodes.snapshots import SnapshotsClient
from app.parts import Ports
from app.runtime.fake import FakeRuntime
from app.runtime.fakeholdings import FakeHoldings
from app.runtime.fakepoints import FakePoints
from app.runtime.fakesnapshots import FakeSnapshots
from app.runtime.node import NodeDial, NodeRuntime
from app.runtime.nodeholdings import NodeHoldings
from app.runtime.nodelease import NodeLease
from app.runtime.nodepoints import NodePoints
from app.runtime.nodes import NodePorts
from app.runtime.nodesnapshots import NodeSnapshots
from app.runtime.script import Work
from app.settings import Settings, from_environ
from app.workspaces import artefacts, rehearsal
from kit import log
from kit.allotment import Allotment
from kit.clock import SystemClock
from kit.env import SettingError
from kit.linkcerts import LinkCerts, LinkCertsError
from kit.listening import listen_on
from kit.tasks import Tasks
from kit.unixsocket import bind_unix

_log = structlog.get_logger(__name__)

_GRACE = 3
"""Seconds for requests in flight at the end; the process is gone within five."""
_FAKE_PACE: dict[Work, float] = {"prepare": 1.2, "apply": 0.6, "delete": 0.8, "seal": 0.3}


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: three of them share one process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    clock = SystemClock()
    if settings.database:
        await migrate.upgrade_server(settings.database_url)
    else:
        await asyncio.to_thread(migrate.upgrade, Path(settings.layout.database))
    async with AsyncExitStack() as stack:
        ports = _ports(settings, stack)
        app = create_app(settings, ports, clock)
        database: Database = app.state.database
        async with database.write() as session:
            await accounts.ensure_owner(session, clock.now())
        await stack.enter_async_context(app.lifespan())
        tasks = Tasks()
        stack.push_async_callback(tasks.close)
        if isinstance(ports.runtime, FakeRuntime):
            tasks.spawn(rehearsal.play(ports.runtime, app.state.agents), "rehearsal")
        servers = [(make_server(app, listener), bound) for listener, bound in _sockets(settings)]
        servers += network_servers(app, settings)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _end, app, [server for server, _ in servers])
        _log.info("serving", dashboard=settings.hosts.dashboard, runtime=settings.runtime)
        async with asyncio.TaskGroup() as group:
            for server, bound in servers:
                group.create_task(server.serve(sockets=[bound]), name="uvicorn")
    _log.info("ended")


def _ports(settings: Settings, stack: AsyncExitStack) -> Ports:
    if settings.runtime == "fake":
        fake = FakeRuntime()
        fake.script.pace.update(_FAKE_PACE)
        stack.push_async_callback(fake.close)
        points, snapshots = FakePoints(fake), FakeSnapshots(fake)
        return Ports(
            fake,
            fake,
            fake,
            lambda: artefacts.FAKE,
            points=points,
            snapshots=snapshots,
            holdings=FakeHoldings(fake, points, snapshots),
        )
    client = NodeClient(str(settings.layout.daemon_socket))
    node = NodeRuntime(client)
    named = NamedImages(str(settings.layout.registry_socket))
    images = ImagePorts(NodeRoots(client), {"name": named})
    stack.push_async_callback(node.close)
    certs = LinkCerts(Path(settings.link_certs)) if settings.link_certs else None
    clients = {name: NodeClient(at, certs, name) for name, at in settings.nodes.items()}
    for one in clients.values():
        stack.push_async_callback(one.close)
    return Ports(
        node,
        node,
        NodeDial(str(settings.layout.dial_socket)),
        images=images,
        points=NodePoints(PointsClient(client)),
        snapshots=NodeSnapshots(SnapshotsClient(client)),
        holdings=NodeHoldings(HoldingsClient(client)),
        lease=NodeLease(client),
        others={name: _other(one, settings.nodes[name]) for name, one in clients.items()},
        roots={name: NodeRoots(one) for name, one in clients.items()},
    )


def _other(client: NodeClient, address: str) -> NodePorts:
    """Return what leads to a further node; its dial socket is beside the one of its daemon.

    Over a network there is none: its workspaces are reached by addresses of their own.
    """
    node = NodeRuntime(client)
    dial = str(PurePosixPath(address).with_name("dial.sock")) if address.startswith("/") else ""
    return NodePorts(
        node,
        node,
        NodePoints(PointsClient(client)),
        NodeLease(client),
        dial,
        address,
        NodeSnapshots(SnapshotsClient(client)),
        NodeHoldings(HoldingsClient(client)),
    )


def _sockets(settings: Settings) -> Iterator[tuple[Listener, socket.socket]]:
    layout = settings.layout
    yield Listener.PUBLIC, bind_unix(str(layout.public_socket), 0o600)
    yield Listener.INTERNAL, bind_unix(str(layout.internal_socket), 0o600)
    yield Listener.AGENT, bind_unix(str(layout.agent_socket), 0o666)
    if settings.development_port:
        development = socket.create_server(("127.0.0.1", settings.development_port))
        yield Listener.PUBLIC, development


def network_servers(app: Litestar, settings: Settings) -> list[tuple[_Server, socket.socket]]:
    """Return the servers of the listeners on a network, bound and not serving yet."""
    places = {
        Listener.PUBLIC: settings.listen_public,
        Listener.INTERNAL: settings.listen_internal,
        Listener.AGENT: settings.listen_agent,
    }
    wanted = {listener: place for listener, place in places.items() if place is not None}
    if not wanted or settings.link_certs is None:
        return []
    certs = LinkCerts(Path(settings.link_certs))
    return [
        (make_server(app, listener, certs), bound)
        for listener, place in wanted.items()
        for bound in listen_on(*place)
    ]


def make_server(app: Litestar, listener: Listener, certs: LinkCerts | None = None) -> _Server:
    """Return the server of one listener, not serving yet; with certificates one of a network."""
    return _Server(
        uvicorn.Config(
            Gate(app, listener, network=certs is not None),
            http=_protocol(listener, certs),
            ssl_context_factory=None if certs is None else partial(_secured, certs, listener),
            ws="websockets-sansio",
            # The lifespan is entered once, before any of the listeners serves.
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws_max_size=1024 * 1024,
            ws_ping_interval=20,
            ws_ping_timeout=20,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=_GRACE,
        )
    )


def _protocol(listener: Listener, certs: LinkCerts | None) -> type[asyncio.Protocol]:
    """Return what uvicorn makes its connections of; it calls a class as any factory."""
    made: object = HttpToolsProtocol
    if listener is Listener.AGENT:
        made = partial(AgentProtocol, allotment=Allotment(MOST))
    elif certs is not None:
        made = partial(LinkProtocol, names=ON_NETWORK[listener])
    return cast("type[asyncio.Protocol]", made)


def _secured(certs: LinkCerts, listener: Listener, *_of_uvicorn: object) -> ssl.SSLContext:
    return certs.server(clients=listener is not Listener.AGENT)


def _end(app: Litestar, servers: list[_Server]) -> None:
    # Followers of the feed end by themselves, so that nobody waits for them.
    app.state.feed.close()
    if app.state.replicas is not None:
        app.state.replicas.leader.resign()  # another one goes on while requests here end
    for server in servers:
        server.should_exit = True


def _make_folders(settings: Settings) -> None:
    """Make the folders that the launcher makes otherwise; only for development."""
    layout = settings.layout
    for folder in (layout.server_home, layout.server_run, layout.agent_run):
        Path(folder).mkdir(parents=True, exist_ok=True)
    key = Path(layout.master_key)
    if not key.exists():
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(32))


def main(arguments: list[str]) -> int:
    """Read the settings and serve; 2 is a setting that cannot be understood."""
    environ = {**os.environ, "PODIUM_RUNTIME": "fake"} if "--fake" in arguments else os.environ
    try:
        settings = from_environ(environ)
        catalogue_of(settings.ides)
    except (SettingError, CatalogueError) as error:
        sys.stderr.write(f"podium server: {error}\n")
        return 2
    log.configure("server", settings.log_level)
    for chatty in ("alembic", "aiosqlite", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    if settings.runtime == "fake":
        _make_folders(settings)
    try:
        uvloop.run(serve(settings))
    except LinkCertsError as error:
        sys.stderr.write(f"podium server: PODIUM_LINK_CERTS: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
