"""A control plane without its web: database, service, reconciler, and a fake node."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from app.accounts.access import Kind, Listener, Principal
from app.db.sessions import Database
from app.images.fake import FakeImages
from app.images.waiting import Waiting
from app.runtime.fake import FakeRuntime
from app.runtime.loop import Reconciler
from app.runtime.publish import RouteFeed
from app.web.events import Hints
from app.workspaces import repository
from app.workspaces.agents import Agents
from app.workspaces.artefacts import FAKE, Artefacts
from app.workspaces.awake import Timeouts
from app.workspaces.imaging import Imaging
from app.workspaces.secrets import Secrets
from app.workspaces.service import WorkspaceService
from app.workspaces.store import Store
from app.workspaces.structs import CreateWorkspace, WorkspaceView
from app.workspaces.truth import DatabaseTruth
from app.workspaces.vitals import Vitals
from kit.clock import FakeClock
from kit.tasks import Tasks
from tests.app.migrated import make_database
from tests.app.people import add_person
from tests.waiting import until
from wire.agent import Observed, StepReport
from wire.hosts import Hosts
from wire.phases import Phase, StepState

HOSTS = Hosts.of("http://podium.localhost:8080", "localhost")
DEMO = CreateWorkspace(url="https://h.org/ada/demo")
DONE = StepReport(state=StepState.DONE, took=0.3)


class Control:
    """Everything that `create_app` puts together, for tests below the web."""

    alice: Principal
    bob: Principal
    stranger = Principal(Kind.NOBODY, Listener.PUBLIC)

    def __init__(self, url: str, clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.url, self.database = url, Database(url)
        self.feed = RouteFeed("epoch")
        self.node = FakeRuntime()
        self.images = FakeImages()
        self.hints = Hints()
        self.store = Store(self.database, self.clock, Secrets(b"m" * 32), self.feed, self.hints)
        self.artefacts: Artefacts | None = FAKE
        self.linked: set[str] = set()
        """Supervisors that are connected, by instance; empty is all of them."""
        self.truth = DatabaseTruth(
            self.store, lambda: self.artefacts, lambda one: not self.linked or one in self.linked
        )
        self.timeouts = Timeouts(self.store, HOSTS)
        parse = partial(
            repository.parse, protocols={"https", "ssh", "file"}, local_roots=["/srv/git"]
        )
        self.service = WorkspaceService(self.store, HOSTS, parse)
        self.vitals = Vitals(self.clock, self.hints)
        self.agents = Agents(self.store, HOSTS, self.vitals)
        self.reconciler = Reconciler(self.node, self.node, self.truth, self.clock, period=0.05)
        self.store.listen(self.reconciler.wake)

    @asynccontextmanager
    async def reconciling(self) -> AsyncIterator[None]:
        """Let a server's reconciler live for a while."""
        tasks = Tasks()
        self.reconciler = Reconciler(self.node, self.node, self.truth, self.clock, period=0.05)
        self.store.listen(self.reconciler.wake)
        tasks.spawn(self.reconciler.run(), "reconciler")
        waiting = Waiting(Imaging(self.store), self.images.ports, every=0.02)
        self.store.listen(waiting.wake)
        tasks.spawn(waiting.run(), "images")
        try:
            yield
        finally:
            await tasks.close()

    async def create(self) -> WorkspaceView:
        return await self.service.create(self.alice, DEMO)

    async def see(self, workspace: str) -> WorkspaceView:
        return await self.service.get(self.alice, workspace)

    async def at(self, workspace: str, phase: Phase) -> WorkspaceView:
        """Wait until the workspace is in a phase."""

        async def there() -> WorkspaceView | None:
            view = await self.see(workspace)
            return view if view.phase is phase else None

        found = await until(there)
        assert isinstance(found, WorkspaceView)
        return found

    async def contained(self, workspace: str) -> WorkspaceView:
        """Wait until the container runs and its supervisor is awaited."""

        async def there() -> WorkspaceView | None:
            view = await self.see(workspace)
            assert view.instance is not None
            done = view.instance.steps[5].state is StepState.DONE
            return view if done and view.phase is Phase.CREATING else None

        found = await until(there)
        assert isinstance(found, WorkspaceView)
        return found

    async def run(self, workspace: str) -> WorkspaceView:
        """Play the supervisor until the workspace runs; the reconciler must live."""
        view = await self.contained(workspace)
        assert view.instance is not None
        assert await self.agents.connected(view.instance.id) is not None
        await self.agents.observed(view.instance.id, Observed(version=1, checkout=DONE, ide=DONE))
        return await self.at(workspace, Phase.RUNNING)


@asynccontextmanager
async def open_control(folder: Path) -> AsyncIterator[Control]:
    path = folder / "podium.db"
    control = Control(make_database(path))
    async with control.database.write() as session:
        control.alice = await add_person(session, "alice")
        control.bob = await add_person(session, "bob")
    try:
        yield control
    finally:
        await control.database.close()
