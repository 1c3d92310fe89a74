"""The rows of an archive; what becomes of the files is in tests/app/content/test_archives.py."""

import pytest

from app.db.content import RestorePointRow
from app.db.workspaces import WorkspaceRow
from app.faults import Conflict, Missing
from app.workspaces.archiving import (
    NOTHING_SAFE,
    archive,
    freed,
    is_freeing,
    newest_point,
    note_current,
    unarchive,
)
from app.workspaces.standing import holder, leaving, wished
from tests.app.workspaces.control import Control
from wire.ids import InstanceId
from wire.phases import Phase


async def stopped(control: Control) -> str:
    async with control.reconciling():
        workspace = (await control.create()).id
        await control.run(workspace)
        await control.service.stop(control.alice, workspace)
        await control.at(workspace, Phase.STOPPED)
    return workspace


async def test_a_tree_goes_only_when_a_point_was_made_after_the_wish(control: Control) -> None:
    workspace = await stopped(control)
    async with control.store.change() as change:
        row = await change.session.get_one(WorkspaceRow, workspace)
        row.backed_up_stop = row.n
        await archive(change, row, await change.newest(row), "why", "alice")
        assert row.backed_up_stop == NOTHING_SAFE
        assert not is_freeing(row)
        await freed(change, row, 1)
        assert row.content == "present"
        await change.session.flush()
        assert await leaving(change.session, keeps=True) == []
        row.backed_up_stop = row.n
        await change.session.flush()
        assert is_freeing(row)
        assert await leaving(change.session, keeps=True) == [row]
        row.wish = "running"
        await change.session.flush()
        assert await leaving(change.session, keeps=True) == [row]
        assert (await change.session.scalars(wished())).all() == []


async def test_a_tree_that_came_back_is_the_next_starts(control: Control) -> None:
    workspace = await stopped(control)
    async with control.store.change() as change:
        row = await change.session.get_one(WorkspaceRow, workspace)
        assert holder(row) == InstanceId(workspace, 1)
        row.held = 2
        assert holder(row) == InstanceId(workspace, 2)


async def test_without_files_there_is_nothing_to_archive_and_without_points_nothing_back(
    control: Control,
) -> None:
    workspace = await stopped(control)
    async with control.store.change() as change:
        row = await change.session.get_one(WorkspaceRow, workspace)
        row.content = "none"
        with pytest.raises(Conflict) as refused:
            await archive(change, row, None, "why", "alice")
        assert refused.value.code == "nothing_to_archive"
        assert await newest_point(change.session, workspace) is None
        with pytest.raises(Missing):
            await unarchive(change, row, "alice")
        for name, made, current in (("old", 1.0, 9.0), ("new", 5.0, None), ("later", 8.0, 8.0)):
            change.session.add(
                RestorePointRow(
                    id=name, workspace_id=workspace, reason="stop", state="done", asked_at=made,
                    made_at=made, current_at=current,
                )
            )  # fmt: skip
        await change.session.flush()
        newest = await newest_point(change.session, workspace)
        assert newest is not None
        assert newest.id == "old"


async def test_the_newest_point_is_told_whatever_the_clock_says(control: Control) -> None:
    workspace = await stopped(control)
    async with control.store.change() as change:

        def add(name: str, moment: float | None, reason: str = "stop") -> RestorePointRow:
            row = RestorePointRow(
                id=name, workspace_id=workspace, reason=reason, state="done", asked_at=1.0,
                made_at=moment or 99.0, current_at=moment,
            )  # fmt: skip
            change.session.add(row)
            return row

        add("before", 9.0)
        after, left = add("after", 3.0), add("left", None, "left")
        await change.session.flush()
        await note_current(change.session, after, 3.0)
        await change.session.flush()
        newest = await newest_point(change.session, workspace)
        assert newest is after, "the clock was set back between the two"
        assert 9.0 < (after.current_at or 0) < 9.1, "what was left behind is not counted"
        await note_current(change.session, left, 4.0)
        await change.session.flush()
        assert await newest_point(change.session, workspace) is left, "somebody has restored it"
        await note_current(change.session, after, 20.0)
        assert after.current_at == 20.0
