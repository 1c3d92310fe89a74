"""A node with more than the database asks for; looks are made only when a test says so."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest_asyncio

from app.db.content import ContentKeyRow
from app.db.workspaces import LOCAL, WorkspaceRow
from app.orphans.adopting import Adopting
from app.orphans.assembly import assemble
from app.orphans.finding import Orphans
from app.orphans.judging import Fate, Terms
from app.orphans.places import Place
from app.runtime.fakeholdings import FakeHoldings
from app.runtime.fakesnapshots import FakeSnapshots
from app.runtime.holdings import Kind
from app.runtime.port import ContentState, ContentStatus
from app.workspaces import repository
from tests.app.content.conftest import Safe, safe_of
from tests.app.workspaces.control import open_control
from wire.ids import InstanceId

DAY = 86_400.0
OTHER = "dusty-wren-0000000000"
"""A workspace that no row knows of."""


@dataclass
class Found:
    """What tests play with."""

    safe: Safe
    holdings: FakeHoldings
    snapshots: FakeSnapshots
    orphans: Orphans
    adopting: Adopting

    async def fates(self) -> dict[tuple[Kind, str], Fate]:
        told = await self.orphans.look()
        return {(one.kind, one.name): one.fate for one in told.orphans}

    def put(self, workspace: str, n: int = 1) -> None:
        """Put a tree on the node that no row knows of."""
        status = ContentStatus(instance=InstanceId(workspace, n), state=ContentState.SEALED)
        self.safe.control.node.put(status)
        self.safe.control.node.newest[workspace] = n

    async def dropped(self, deleted_at: float) -> None:
        """Let the database say that all of the workspace went, of which the node kept a tree."""
        async with self.safe.control.database.write() as session:
            row = await session.get_one(WorkspaceRow, self.safe.workspace)
            row.deleted_at, row.wish, row.content = deleted_at, "deleted", "none"
            key = await session.get(ContentKeyRow, self.safe.workspace)
            if key is not None:
                await session.delete(key)


@pytest_asyncio.fixture
async def found(tmp_path: Path) -> AsyncIterator[Found]:
    """A workspace that is stopped and has a point; its reconciler is gone."""
    async with open_control(tmp_path) as control:
        safe = safe_of(control)
        snapshots = FakeSnapshots(control.node)
        holdings = FakeHoldings(control.node, safe.node, snapshots)
        parse = partial(repository.parse, protocols={"https"}, local_roots=[])
        parts = assemble(
            control.store,
            safe.content.repositories,
            parse,
            Terms(keep_deleted=7 * DAY, keep_orphans=7 * DAY),
            {LOCAL: Place(holdings, control.node, safe.node, snapshots)},
            safe.node,
        )
        async with control.reconciling():
            safe.workspace = (await control.create()).id
            await control.run(safe.workspace)
            safe.files[b"workspace/demo/a.txt"] = b"one"
            await safe.backed_up()
        yield Found(safe, holdings, snapshots, **parts)
