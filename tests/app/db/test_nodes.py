from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from app.db.nodes import whereabouts
from app.db.workspaces import LOCAL, WorkspaceRow
from tests.app.workspaces.control import Control, open_control


@pytest_asyncio.fixture
async def control(tmp_path: Path) -> AsyncIterator[Control]:
    async with open_control(tmp_path) as opened:
        yield opened


async def test_a_workspace_is_where_its_row_says(control: Control) -> None:
    made = await control.create()
    where = whereabouts(control.database)
    assert await where(made.id) == LOCAL
    async with control.database.write() as session:
        (await session.get_one(WorkspaceRow, made.id)).node = "b"
    assert await where(made.id) == "b"


async def test_what_is_no_workspace_is_local(control: Control) -> None:
    assert await whereabouts(control.database)("amber-otter-0000000000") == LOCAL
