"""A restore of what is nowhere else is tried again, with pauses, until it works."""

import pytest_asyncio
from sqlalchemy import select

from app.content.deciding import pause
from app.content.structs import NewFromPoint
from app.db.content import RestoreRow
from app.db.workspaces import WorkspaceRow
from tests.app.content.conftest import Safe
from wire.problems import Problem

FILE = b"workspace/demo/a.txt"
FULL = Problem(code="disk_full", title="The disk is full")


@pytest_asyncio.fixture
async def back(safe: Safe) -> Safe:
    """A workspace that is brought back from a deletion; its restore has failed once."""
    safe.files[FILE] = b"one"
    await safe.backed_up()
    await safe.gone()
    safe.control.node.script.fail("restore", FULL)
    await safe.content.deleted.bring_back(safe.control.alice, safe.workspace)
    await safe.look()
    return safe


async def row_of(safe: Safe) -> WorkspaceRow:
    async with safe.control.database.read() as session:
        return await session.get_one(WorkspaceRow, safe.workspace)


async def restores_of(safe: Safe) -> list[RestoreRow]:
    async with safe.control.database.read() as session:
        return list((await session.scalars(select(RestoreRow))).all())


async def test_it_waits_for_its_time_and_is_restored_then(back: Safe) -> None:
    row = await row_of(back)
    assert (row.restoring, row.content) == ("", "none")
    assert (row.restore_problem or {})["title"] == FULL.title
    await back.look()
    assert (await row_of(back)).restore_problem is not None
    back.control.clock.advance(pause(1))
    await back.look()
    row = await row_of(back)
    assert (row.restore_problem, row.content) == (None, "present")
    assert back.files[FILE] == b"one"


async def test_pauses_grow_and_one_row_is_kept(back: Safe) -> None:
    for tries in (1, 2, 3):
        back.control.node.script.fail("restore", FULL)
        back.control.clock.advance(pause(tries) - 1)
        await back.look()
        assert [one.tries for one in await restores_of(back)] == [tries]
        back.control.clock.advance(1)
        await back.look()
        assert [one.tries for one in await restores_of(back)] == [tries + 1]
    told = [text for text in await back.history() if text.startswith("Not restored")]
    assert told == ["Not restored: The disk is full."]


async def test_what_somebody_deletes_is_not_tried_again(back: Safe) -> None:
    await back.control.service.delete(back.control.alice, back.workspace)
    back.control.clock.advance(pause(1))
    await back.look()
    assert [one.state for one in await restores_of(back)] == ["failed"]


async def test_a_copy_that_failed_waits_for_its_person(safe: Safe) -> None:
    point = await safe.backed_up()
    safe.control.node.script.fail("restore", FULL)
    made = await safe.content.points.as_new(
        safe.control.alice, safe.workspace, point.id, NewFromPoint()
    )
    await safe.look()
    safe.control.clock.advance(3600)
    await safe.look()
    async with safe.control.database.read() as session:
        row = await session.get_one(WorkspaceRow, made.id)
    assert (row.wish, row.restoring, row.restore_problem) == ("stopped", "", None)
