"""A database that is younger than its nodes takes in what they have."""

import pytest
from sqlalchemy import delete, select

from app.content.deciding import Reason, State
from app.db.content import RestorePointRow
from app.db.workspaces import WorkspaceRow
from app.runtime.port import Refused
from app.workspaces.archiving import newest_point
from tests.app.content.conftest import Safe
from wire.ids import InstanceId
from wire.phases import Phase

FILE = b"workspace/demo/a.txt"


async def two_points(safe: Safe) -> list[str]:
    """Return its points, the newest first; none of them is known here any more."""
    for text in (b"one", b"two"):
        safe.files[FILE] = text
        safe.control.clock.advance(300)
        await safe.look()
    await safe.stopped()
    await safe.look()
    made = [one.id for one in await safe.points()]
    async with safe.control.store.change() as change:
        await change.session.execute(delete(RestorePointRow))
        row = await change.session.get_one(WorkspaceRow, safe.workspace)
        row.backed_up_stop = -1
    return made


async def lose(safe: Safe) -> None:
    safe.control.node.contents.pop(safe.workspace)
    safe.files.clear()


async def test_points_that_nobody_knew_of_are_listed_and_one_brings_lost_files_back(
    safe: Safe,
) -> None:
    made = await two_points(safe)
    await lose(safe)
    await safe.look()
    listed = await safe.points()
    assert {one.id for one in listed if one.state is State.DONE} == set(made)
    assert {one.reason for one in listed if one.state is State.DONE} == {Reason.FOUND}
    view = await safe.control.see(safe.workspace)
    assert view.backup is not None
    assert view.backup.problem is not None
    assert view.backup.problem.code == "content_missing"
    assert (await safe.history()).count("Found 2 restore points that nobody knew of.") == 1

    await safe.content.points.restore(safe.control.alice, safe.workspace, made[0])
    await safe.look()
    assert safe.files == {FILE: b"two"}
    view = await safe.control.see(safe.workspace)
    assert view.backup is not None
    assert (view.backup.problem, view.backup.restoring) == (None, False)
    await safe.control.service.start(safe.control.alice, safe.workspace)
    view = await safe.control.run(safe.workspace)
    assert view.phase is Phase.RUNNING


async def test_files_that_are_there_are_backed_up_again_and_older_points_found(safe: Safe) -> None:
    made = await two_points(safe)
    await safe.look()
    listed = await safe.points()
    assert {one.id for one in listed} == set(made)
    assert {one.state for one in listed} == {State.DONE}
    view = await safe.control.see(safe.workspace)
    assert view.backup is not None
    assert view.backup.safe


async def test_what_is_lost_is_asked_for_again_but_looked_into_once(safe: Safe) -> None:
    await two_points(safe)
    await lose(safe)
    await safe.look()
    asked = safe.control.node.calls.count(("listed", safe.workspace))
    for _ in range(3):
        safe.control.clock.advance(600)
        await safe.look()
    assert safe.control.node.calls.count(("listed", safe.workspace)) == asked == 1


async def test_after_a_start_what_is_lost_no_longer_counts_as_safe(safe: Safe) -> None:
    made = await two_points(safe)
    await lose(safe)
    await safe.look()
    await safe.content.points.restore(safe.control.alice, safe.workspace, made[0])
    await safe.look()
    await safe.control.service.start(safe.control.alice, safe.workspace)
    await safe.control.run(safe.workspace)
    safe.files[FILE] = b"three"
    await safe.stopped()
    async with safe.control.store.database.read() as session:
        row = await session.get_one(WorkspaceRow, safe.workspace)
        assert row.backed_up_stop != row.n


async def test_a_repository_that_cannot_be_read_is_left_for_another_time(safe: Safe) -> None:
    await two_points(safe)
    await lose(safe)
    safe.node.keys[safe.workspace] = b"another key"
    await safe.look()
    assert [one.state for one in await safe.points()] == [State.FAILED]
    async with safe.control.store.database.read() as session:
        rows = (await session.scalars(select(RestorePointRow.id))).all()
    assert len(rows) == 1
    repository = await safe.content.repositories.open(safe.workspace)
    assert repository is not None
    with pytest.raises(Refused):
        await safe.node.listed(repository)


async def test_what_was_left_behind_is_found_as_that_and_nobody_goes_on_from_it(safe: Safe) -> None:
    """A platform out of a backup: that a node had offered it stands in the repository alone."""
    await safe.backed_up()
    safe.files[FILE] = b"left"
    repository = await safe.content.repositories.open(safe.workspace)
    assert repository is not None
    instance = InstanceId(safe.workspace, 1)
    await safe.node.backup(instance, "left-1", repository.key, left=True)
    async with safe.control.store.change() as change:
        await change.session.execute(delete(RestorePointRow))
        (await change.session.get_one(WorkspaceRow, safe.workspace)).backed_up_stop = -1
    await lose(safe)
    await safe.look()
    found = {one.id: one for one in await safe.points()}
    assert (found["left-1"].reason, found["left-1"].pinned) == (Reason.LEFT, True)
    async with safe.control.database.read() as session:
        newest = await newest_point(session, safe.workspace)
    assert newest is not None
    assert newest.id != "left-1"
    assert newest.reason == Reason.FOUND
