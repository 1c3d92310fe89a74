"""A control plane whose node makes restore points, and a workspace of alice's with files."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio

from app.accounts.keys import Keys
from app.content.assembly import ContentService, assemble
from app.content.policy import Policy
from app.content.structs import PointView
from app.runtime.fakepoints import FakePoints
from app.workspaces.timeouts import Policy as WorkspacePolicy
from tests.app.workspaces.control import Control, open_control
from tests.waiting import until
from wire.phases import Phase

WEEK = 7 * 24 * 3600.0


@dataclass
class Safe:
    """What tests play with; the loop turns only when they say so."""

    control: Control
    node: FakePoints
    content: ContentService
    keys: Keys
    workspace: str = ""

    async def look(self, times: int = 4) -> None:
        for _ in range(times):
            await self.content.loop.once()

    async def points(self) -> list[PointView]:
        found = await self.content.points.list(self.control.alice, self.workspace)
        return found.points

    async def stopped(self) -> None:
        await self.control.service.stop(self.control.alice, self.workspace)
        await self.control.at(self.workspace, Phase.STOPPED)

    async def backed_up(self) -> PointView:
        """Stop it, and have its point made."""
        await self.stopped()
        await self.look()
        return (await self.points())[0]

    async def gone(self) -> None:
        """Delete it, and wait until its files are freed."""
        await self.control.service.delete(self.control.alice, self.workspace)

        async def freed() -> bool:
            await self.content.loop.once()
            return self.workspace not in self.control.node.contents

        await until(freed)

        async def told() -> bool:
            return bool(await self.content.deleted.list(self.control.alice))

        await until(told)

    @property
    def files(self) -> dict[bytes, bytes]:
        return self.node.files.setdefault(self.workspace, {})

    async def history(self) -> list[str]:
        return [
            one.text
            for one in await self.control.service.events(self.control.alice, self.workspace)
        ]


def safe_of(control: Control, policy: Policy | None = None, node: FakePoints | None = None) -> Safe:
    """Return a server's content service; `node` is one that another server has worked with."""
    keys, node = Keys(b"k" * 32), node or FakePoints(control.node)
    policy = policy or Policy(together=1)
    control.store.policy = WorkspacePolicy(keep_deleted=policy.keep_deleted)
    content = assemble(control.store, control.service, keys, node, policy)
    return Safe(control, node, content, keys)


@pytest_asyncio.fixture
async def safe(tmp_path: Path) -> AsyncIterator[Safe]:
    """A workspace that runs and has a file."""
    async with open_control(tmp_path) as control, control.reconciling():
        made = safe_of(control)
        made.workspace = (await control.create()).id
        await control.run(made.workspace)
        made.files[b"workspace/demo/a.txt"] = b"one"
        yield made
