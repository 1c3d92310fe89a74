"""A control plane whose node keeps snapshots, and a running workspace of alice's."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio

from app.runtime.fakesnapshots import FakeSnapshots
from app.snapshots.assembly import SnapshotService, assemble
from app.snapshots.structs import CreateSnapshot, SnapshotView
from tests.app.workspaces.control import HOSTS, Control, open_control


@dataclass
class Kept:
    """What tests play with; the loop turns only when they say so."""

    control: Control
    node: FakeSnapshots
    service: SnapshotService
    workspace: str = ""

    async def look(self, times: int = 3) -> None:
        for _ in range(times):
            await self.service.loop.once()

    async def made(self, **wanted: object) -> SnapshotView:
        made = await self.service.snapshots.create(
            self.control.alice, self.workspace, CreateSnapshot(**wanted)
        )
        await self.look()
        return await self.service.snapshots.get(self.control.alice, made.id)

    async def listed(self) -> list[SnapshotView]:
        return await self.service.snapshots.of_workspace(self.control.alice, self.workspace)


@pytest_asyncio.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    """A workspace that runs."""
    async with open_control(tmp_path) as control, control.reconciling():
        node = FakeSnapshots(control.node)
        service = assemble(control.store, HOSTS, control.service, node)
        made = Kept(control, node, service)
        made.workspace = (await control.create()).id
        await control.run(made.workspace)
        yield made
