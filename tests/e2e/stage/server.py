"""The real application over the fake runtime, in a thread, for a browser to look at."""

import asyncio
import socket
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
from httpx import ASGITransport, AsyncClient
from litestar import Litestar
from msgspec.structs import replace
from sqlalchemy import select

from app.__main__ import make_server
from app.accounts import service as accounts
from app.accounts.access import Listener
from app.asgi import create_app
from app.db.accounts import OrganisationRow
from app.db.profile import ProfileRow
from app.db.sessions import Database
from app.db.variables import VariableRow
from app.images.fake import FakeImages
from app.listeners import Gate
from app.parts import Ports
from app.runtime.fake import FakeRuntime
from app.runtime.fakepoints import FakePoints
from app.runtime.port import Container, ContainerState, ContentState, ContentStatus
from app.settings import Settings
from app.workspaces import rehearsal
from app.workspaces.artefacts import FAKE
from app.workspaces.vitals import Vitals
from kit.clock import Clock, FakeClock, SystemClock
from kit.tasks import Tasks
from tests.app.migrated import make_database
from tests.e2e.stage.cast import NOW, Part, rows, told
from tests.e2e.stage.own import PROFILE, VARIABLES
from tests.ports import free_port
from wire.ids import parse_instance_id
from wire.phases import Phase
from wire.platformbackup import PlatformBackup

PARTS = replace(FAKE, jupyterlab="fake")
BackUp = Callable[[Litestar, FakeRuntime, FakePoints], Awaitable[None]]


@dataclass
class Stage:
    """What a test looks at, and what it can move."""

    app: Litestar
    node: FakeRuntime
    host: str
    """With a port that pictures may show; a browser is told where it is."""
    port: int
    """Where it is."""
    still: bool
    loop: asyncio.AbstractEventLoop

    @property
    def dashboard(self) -> str:
        return f"http://{self.host}"

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run on the server's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def login_link(self) -> str:
        return str(self.do(self._link()))

    async def _link(self) -> str:
        transport = ASGITransport(Gate(self.app, Listener.INTERNAL))
        async with AsyncClient(transport=transport, base_url=self.dashboard) as client:
            return str((await client.post("/internal/login-links")).json()["url"])


@contextmanager
def open_stage(
    cast: list[Part], name: str = "podium", *, still: bool = True, back_up: BackUp | None = None
) -> Iterator[Stage]:
    """Serve the cast as `<name>.localhost:8080`.

    `still` stops the clock; else starts are played to their end. `back_up` gives the cast its
    restore points; without it none are made.
    """
    begun: list[Stage] = []
    ready, over = threading.Event(), threading.Event()
    with tempfile.TemporaryDirectory(prefix="podium-stage-") as folder:

        async def play() -> None:
            async with _served(Path(folder), cast, name, still=still, back_up=back_up) as stage:
                begun.append(stage)
                ready.set()
                await asyncio.to_thread(over.wait)

        thread = threading.Thread(target=asyncio.run, args=(play(),), name="stage", daemon=True)
        thread.start()
        assert ready.wait(30), "the stage's server does not start"
        try:
            yield begun[0]
        finally:
            over.set()
            thread.join(30)


SAVED = PlatformBackup(
    tried_at=NOW - 7400.0,
    made_at=NOW - 7400.0,
    kept=7,
    folder="/var/lib/podium/backups/platform",
    every=86_400.0,
)
"""What the platform says of its own backups."""


@asynccontextmanager
async def _served(
    folder: Path, cast: list[Part], name: str, *, still: bool, back_up: BackUp | None
) -> AsyncIterator[Stage]:
    port, host = free_port(), f"{name}.localhost:8080"
    settings = Settings(
        home=PurePosixPath(folder),
        cache=PurePosixPath(folder / "cache"),
        base_url=f"http://{host}",
        content_domain="localhost",
        run_root=PurePosixPath(folder / "run"),
        development_port=port,
        backup_every="none" if back_up is None else "5m",
        clean_up="none" if back_up is None else "2160h",
    )
    Path(settings.layout.server_home).mkdir(parents=True, exist_ok=True)
    Path(settings.layout.master_key).write_bytes(b"m" * 32)
    make_database(Path(settings.layout.database))
    Path(settings.layout.platform_backup).write_bytes(msgspec.json.encode(SAVED))
    clock: Clock = FakeClock(NOW) if still else SystemClock()
    node = FakeRuntime()
    images = FakeImages()
    if still:
        images.pace = 86_400.0  # who waits for an image goes on waiting
    points = FakePoints(node)
    ports = Ports(node, node, node, lambda: PARTS, images=images.ports, points=points)
    app = create_app(settings, ports, clock)
    await _fill(app.state.database, node, app.state.vitals, cast, clock.now())
    if back_up is not None:
        await back_up(app, node, points)
    bound = socket.create_server(("127.0.0.1", port))
    server, tasks = make_server(app, Listener.PUBLIC), Tasks()
    async with app.lifespan():
        serving = tasks.spawn(server.serve(sockets=[bound]), "stage")
        if not still:
            node.script.pace.update({"prepare": 0.4, "apply": 0.2})
            tasks.spawn(rehearsal.play(node, app.state.agents, pause=0.2), "rehearsal")
        yield Stage(app, node, host, port, still, asyncio.get_running_loop())
        app.state.feed.close()
        server.should_exit = True
        await serving
        await tasks.close()
        await node.close()


async def _fill(
    database: Database, node: FakeRuntime, vitals: Vitals, cast: list[Part], now: float
) -> None:
    async with database.write() as session:
        owner = await accounts.ensure_owner(session, now)
        organisation = (await session.execute(select(OrganisationRow.id))).scalar_one()
        for part in cast:
            for row in rows(part, owner, organisation, now):
                session.add(row)
                await session.flush()
        for name, pattern in VARIABLES if cast else ():
            session.add(
                VariableRow(
                    user_id=owner, name=name, pattern=pattern, sealed=b"", changed_at=now - 7200
                )
            )
        for name in PROFILE if cast else ():
            session.add(
                ProfileRow(user_id=owner, name=name, sealed=b"", size=0, changed_at=now - 7200)
            )
    for part in cast:
        instance = parse_instance_id(part.instance)
        assert instance is not None
        working = part.phase is Phase.CREATING
        state = ContentState.WORKING if working else ContentState.READY
        if part.problem is None:
            node.contents[part.id] = ContentStatus(instance=instance, state=state)
        if part.phase in {Phase.RUNNING, Phase.STOPPING}:
            stopping = part.phase is Phase.STOPPING
            vitals.begin(instance, owner)
            vitals.take(part.instance, told(part))
            phase = ContainerState.STOPPING if stopping else ContainerState.RUNNING
            node.containers[instance] = Container(instance=instance, state=phase)
