"""A whole server for tests: the real application over a fake node, one client per listener."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from app.accounts import service as accounts
from app.accounts.access import Listener
from app.asgi import create_app
from app.db.sessions import Database
from app.listeners import Gate
from app.parts import Ports, make_parts
from app.runtime.fake import FakeRuntime
from app.runtime.fakeholdings import FakeHoldings
from app.runtime.fakepoints import FakePoints
from app.runtime.fakesnapshots import FakeSnapshots
from app.runtime.port import Runtime
from app.settings import Settings
from app.workspaces.agents import Agents
from app.workspaces.artefacts import FAKE
from kit.clock import Clock, FakeClock
from kit.tasks import Tasks
from tests.app.migrated import make_database

DASHBOARD = "http://podium.localhost:8080"

_FREE: list[Litestar] = []
"""Applications that nobody uses: to register two hundred routes is most of a test's work."""


@dataclass
class Server:
    """The application, and what a test wants to look at or play with."""

    app: Litestar
    node: FakeRuntime
    clock: FakeClock
    settings: Settings
    clients: dict[Listener, AsyncClient]
    token: str
    """API token of the owner."""
    points: FakePoints | None = None
    """Where the node makes restore points."""

    @property
    def public(self) -> AsyncClient:
        return self.clients[Listener.PUBLIC]

    @property
    def internal(self) -> AsyncClient:
        return self.clients[Listener.INTERNAL]

    @property
    def agent(self) -> AsyncClient:
        return self.clients[Listener.AGENT]

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    @property
    def agents(self) -> Agents:
        found = self.app.state.agents
        assert isinstance(found, Agents)
        return found


def settings_in(folder: Path) -> Settings:
    return Settings(
        home=PurePosixPath(folder),
        cache=PurePosixPath(folder / "cache"),
        base_url=DASHBOARD,
        content_domain="localhost",
        run_root=PurePosixPath(folder / "run"),
    )


@asynccontextmanager
async def open_server(
    folder: Path,
    *,
    backs_up: bool = False,
    node: FakeRuntime | None = None,
    runtime: Runtime | None = None,
) -> AsyncIterator[Server]:
    """Serve over a node, whose containers may be another runtime's."""
    settings, clock, node = settings_in(folder), FakeClock(), node or FakeRuntime()
    layout = settings.layout
    Path(layout.server_home).mkdir(parents=True, exist_ok=True)
    Path(layout.master_key).write_bytes(b"m" * 32)
    settings = replace(settings, database=make_database(Path(layout.database)))
    points = FakePoints(node) if backs_up else None
    settings = replace(settings, backup_every="5m" if backs_up else "none")
    snapshots = FakeSnapshots(node)
    ports = Ports(
        runtime or node,
        node,
        node,
        lambda: FAKE,
        points=points,
        snapshots=snapshots,
        holdings=FakeHoldings(node, points or FakePoints(node), snapshots),
    )
    app = _application(settings, ports, clock)
    database: Database = app.state.database
    async with database.write() as session:
        await accounts.ensure_owner(session, clock.now())
        token = await accounts.mint_api_token(session, "tests", clock.now())
    tasks, begun, over = Tasks(), asyncio.Event(), asyncio.Event()
    lived = tasks.spawn(_live(app, begun, over), "lifespan")
    await begun.wait()
    try:
        clients = {
            listener: AsyncClient(transport=ASGITransport(Gate(app, listener)), base_url=DASHBOARD)
            for listener in Listener
        }
        yield Server(app, node, clock, settings, clients, token, points)
        for client in clients.values():
            await client.aclose()
    finally:
        over.set()
        await lived
        _FREE.append(app)


def _application(settings: Settings, ports: Ports, clock: Clock) -> Litestar:
    """One that serves nobody, with parts of its own; its routes are the same for every test."""
    if not _FREE:
        return create_app(settings, ports, clock)
    app = _FREE.pop()
    app.state.clear()
    app.state.update(make_parts(settings, ports, clock))
    return app


async def _live(app: Litestar, begun: asyncio.Event, over: asyncio.Event) -> None:
    """Keep the lifespan in one task, as it demands: fixtures end in another than they begin."""
    async with app.lifespan():
        begun.set()
        await over.wait()
