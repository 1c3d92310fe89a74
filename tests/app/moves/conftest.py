"""An installation with two nodes, which have one store of restore points."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest_asyncio

from app.accounts.access import Principal
from app.db.workspaces import LOCAL, WorkspaceRow
from app.moves.nodes import Nodes
from app.moves.service import Moves
from app.parts import Ports, make_parts
from app.runtime.fake import FakeRuntime
from app.runtime.fakeholdings import FakeHoldings
from app.runtime.fakelease import FakeLease
from app.runtime.fakepoints import FakePoints
from app.runtime.fakesnapshots import FakeSnapshots
from app.runtime.nodes import NodePorts
from app.runtime.port import Unreachable
from app.workspaces.artefacts import FAKE
from app.workspaces.structs import WorkspaceView
from kit.clock import FakeClock
from kit.tasks import Tasks
from tests.app.migrated import make_database
from tests.app.people import add_person
from tests.app.server import settings_in
from tests.app.workspaces.control import DEMO
from tests.waiting import until
from wire.phases import Phase, StepState

FILE = b"workspace/demo/file"


@dataclass
class OneNode:
    runtime: FakeRuntime
    points: FakePoints
    lease: FakeLease
    snapshots: FakeSnapshots
    holdings: FakeHoldings


@dataclass
class World:
    """What tests play with; points and moves are looked at only when they say so."""

    parts: dict[str, Any]
    clock: FakeClock
    nodes: dict[str, OneNode]
    me: Principal

    @property
    def moves(self) -> Moves:
        found = self.parts["moves"]
        assert isinstance(found, Moves)
        return found

    @property
    def every(self) -> Nodes:
        found = self.parts["nodes"]
        assert isinstance(found, Nodes)
        return found

    async def grants(self) -> None:
        """Let the server grant time to every node that answers."""
        for node in self.every.every.values():
            with suppress(Unreachable):
                await self.every.grant(node)

    def later(self, seconds: float) -> None:
        """Let time pass; nodes do by themselves what they have to."""
        self.clock.advance(seconds)
        for node in self.nodes.values():
            node.lease.enforce()

    async def row(self, workspace: str) -> WorkspaceRow:
        async with self.parts["database"].read() as session:
            found = await session.get_one(WorkspaceRow, workspace)
        assert isinstance(found, WorkspaceRow)
        return found

    async def see(self, workspace: str) -> WorkspaceView:
        found = await self.parts["workspaces"].get(self.me, workspace)
        assert isinstance(found, WorkspaceView)
        return found

    async def comes(self, true: Callable[[], Awaitable[Any]]) -> Any:
        """Let everybody look until something is true."""

        async def looked() -> Any:
            await self.parts["content_loop"].once()
            await self.parts["snapshot_loop"].once()
            await self.parts["moves_loop"].once()
            return await true()

        return await until(looked)

    async def at(self, workspace: str, phase: Phase) -> WorkspaceView:
        async def there() -> WorkspaceView | None:
            view = await self.see(workspace)
            return view if view.phase is phase else None

        found = await self.comes(there)
        assert isinstance(found, WorkspaceView)
        return found

    async def contained(self, workspace: str, n: int = 0) -> WorkspaceView:
        """Wait until the container of a start runs, of the `n`th or a later one."""

        async def there() -> WorkspaceView | None:
            view = await self.see(workspace)
            one = view.instance
            if one is None or one.n < n or one.steps[5].state is not StepState.DONE:
                return None
            return view if view.phase is Phase.CREATING else None

        found = await self.comes(there)
        assert isinstance(found, WorkspaceView)
        return found

    async def started(self, on: str = LOCAL) -> str:
        """Make a workspace on a node, and wait until its container runs."""
        for name in self.every.every:
            await self.every.drain(name, draining=name != on)
        made = await self.parts["workspaces"].create(self.me, DEMO)
        await self.contained(made.id)
        for name in self.every.every:
            await self.every.drain(name, draining=False)
        return str(made.id)

    def files(self, node: str, workspace: str) -> dict[bytes, bytes]:
        return self.nodes[node].points.files.setdefault(workspace, {})

    async def stopped(self, workspace: str) -> None:
        """Stop it, and wait until that is backed up."""
        await self.parts["workspaces"].stop(self.me, workspace)
        await self.at(workspace, Phase.STOPPED)

        async def safe() -> bool:
            row = await self.row(workspace)
            return row.backed_up_stop == row.n

        await self.comes(safe)


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    clock = FakeClock()
    settings = replace(settings_in(tmp_path), backup_every="5m", node_lease="10m")
    layout = settings.layout
    Path(layout.server_home).mkdir(parents=True)
    Path(layout.master_key).write_bytes(b"m" * 32)
    settings = replace(settings, database=make_database(Path(layout.database)))
    nodes: dict[str, OneNode] = {}
    for name in (LOCAL, "b"):
        runtime = FakeRuntime()
        points, frozen = FakePoints(runtime), FakeSnapshots(runtime)
        holdings = FakeHoldings(runtime, points, frozen)
        nodes[name] = OneNode(runtime, points, FakeLease(runtime, clock), frozen, holdings)
    here, there = nodes[LOCAL], nodes["b"]
    there.points.share(here.points)
    ports = Ports(
        here.runtime,
        here.runtime,
        here.runtime,
        lambda: FAKE,
        points=here.points,
        lease=here.lease,
        snapshots=here.snapshots,
        holdings=here.holdings,
        others={
            "b": NodePorts(
                there.runtime,
                there.runtime,
                there.points,
                there.lease,
                snapshots=there.snapshots,
                holdings=there.holdings,
            )
        },
    )
    parts = make_parts(settings, ports, clock)
    async with parts["database"].write() as session:
        me = await add_person(session, "alice")
    await parts["nodes"].load()
    tasks = Tasks()
    made = World(parts, clock, nodes, me)
    for name, node in made.every.every.items():
        tasks.spawn(node.reconciler.run(), f"reconciler of {name}")
        await until(lambda node=node: node.reconciler.observed() is not None)
    await made.grants()
    try:
        yield made
    finally:
        await tasks.close()
        await parts["database"].close()
