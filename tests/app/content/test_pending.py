"""A deletion whose last point cannot be made holds nobody up and loses nothing."""

import pytest

from app.content.deciding import OPEN, Reason
from app.content.policy import Policy
from app.content.structs import DeletedView
from app.faults import Missing
from app.workspaces.standing import BEFORE_DELETION, UNMADE, leaving
from tests.app.content.conftest import WEEK, Safe, safe_of
from tests.waiting import until
from wire.phases import Phase
from wire.problems import Problem

FULL = Problem(code="disk_full_backup", title="There is no space for the backup")
FILE = b"workspace/demo/a.txt"


async def pending(safe: Safe, failures: int = 2) -> DeletedView:
    """Delete it while the disk for restore points is full; at once it is tried once more."""
    for _ in range(failures):
        safe.control.node.script.fail("backup", FULL)
    await safe.control.service.delete(safe.control.alice, safe.workspace)
    await safe.control.at(safe.workspace, Phase.STOPPED)
    await safe.look()
    (deleted,) = await safe.content.deleted.list(safe.control.alice)
    return deleted


async def freed(safe: Safe) -> None:
    async def gone() -> bool:
        await safe.content.loop.once()
        return safe.workspace not in safe.control.node.contents

    await until(gone)


async def test_it_leaves_the_list_and_its_files_stay_until_the_point_is_made(safe: Safe) -> None:
    alice = safe.control.alice
    deleted = await pending(safe)
    assert (deleted.id, deleted.points, deleted.pending) == (safe.workspace, 0, True)
    assert deleted.problem == FULL
    assert await safe.control.service.list(alice) == []
    assert safe.workspace in safe.control.node.contents
    texts = await safe.content.points.list(alice, safe.workspace)
    assert [one.problem for one in texts.points] == [FULL]
    safe.control.clock.advance(60)
    await freed(safe)
    (deleted,) = await safe.content.deleted.list(alice)
    assert (deleted.points, deleted.pending, deleted.problem) == (1, False, None)
    assert [one.reason for one in await safe.points()] == [Reason.DELETE]


async def test_it_comes_back_as_it_is(safe: Safe) -> None:
    alice = safe.control.alice
    await pending(safe)
    view = await safe.content.deleted.bring_back(alice, safe.workspace)
    assert (view.phase, view.deleting) == (Phase.STOPPED, False)
    assert view.backup is not None
    assert (view.backup.problem, view.backup.restoring) == (FULL, False)
    assert safe.files == {FILE: b"one"}
    await safe.control.service.start(alice, safe.workspace)
    await safe.control.run(safe.workspace)
    assert await safe.content.deleted.list(alice) == []


async def test_its_files_may_be_given_up(safe: Safe) -> None:
    alice = safe.control.alice
    await pending(safe)
    with pytest.raises(Missing):
        await safe.control.service.delete(safe.control.bob, safe.workspace, force=True)
    with pytest.raises(Missing):
        await safe.control.service.delete(alice, safe.workspace)
    await safe.control.service.delete(alice, safe.workspace, force=True)
    assert await safe.content.deleted.list(alice) == []
    await freed(safe)
    with pytest.raises(Missing):
        await safe.control.service.delete(alice, safe.workspace, force=True)


async def test_earlier_points_stay_when_its_files_are_given_up(safe: Safe) -> None:
    alice = safe.control.alice
    await safe.backed_up()
    await safe.control.service.start(alice, safe.workspace)
    await safe.control.run(safe.workspace)
    safe.files[FILE] = b"two"
    await pending(safe)
    await safe.control.service.delete(alice, safe.workspace, force=True)
    await freed(safe)
    (deleted,) = await safe.content.deleted.list(alice)
    assert (deleted.points, deleted.pending) == (1, False)

    async def told() -> bool:
        return not (await safe.content.deleted.list(alice))[0].pending

    await until(told)
    await safe.content.deleted.bring_back(alice, safe.workspace)
    await safe.look()
    assert safe.files == {FILE: b"one"}
    view = await safe.control.see(safe.workspace)
    assert view.backup is not None
    assert view.backup.safe


async def test_after_its_days_its_files_go_too(safe: Safe) -> None:
    await pending(safe, failures=9)
    safe.control.clock.advance(WEEK)
    assert await safe.content.deleted.list(safe.control.alice) == []
    await freed(safe)

    async def dropped() -> bool:
        await safe.content.loop.once()
        return await safe.content.repositories.open(safe.workspace) is None

    await until(dropped)


def test_rows_are_told_apart_by_the_words_they_have() -> None:
    assert (set(UNMADE), BEFORE_DELETION) == (OPEN, Reason.DELETE)


async def test_without_points_it_still_waits_and_comes_back(safe: Safe) -> None:
    alice = safe.control.alice
    await pending(safe)
    none = safe_of(safe.control, Policy(keep_deleted=0))
    async with safe.control.store.database.read() as session:
        assert await leaving(session, keeps=False) == []
    (deleted,) = await none.content.deleted.list(alice)
    assert (deleted.id, deleted.pending) == (safe.workspace, True)
    await none.content.deleted.bring_back(alice, safe.workspace)
    assert safe.files == {FILE: b"one"}
    await safe.control.service.delete(alice, safe.workspace)
    await safe.control.at(safe.workspace, Phase.STOPPED)


async def test_without_points_what_waits_can_be_given_up(safe: Safe) -> None:
    await pending(safe)
    safe_of(safe.control, Policy(keep_deleted=0))
    await safe.control.service.delete(safe.control.alice, safe.workspace, force=True)
    await until(lambda: safe.workspace not in safe.control.node.contents)


async def test_a_deletion_whose_point_is_wished_for_waits_without_points_too(safe: Safe) -> None:
    safe.control.node.script.hold("backup")
    await safe.control.service.delete(safe.control.alice, safe.workspace)
    await safe.control.at(safe.workspace, Phase.STOPPED)
    await safe.look(1)
    assert [one.reason for one in await safe.points()] == [Reason.DELETE]
    async with safe.control.store.database.read() as session:
        assert await leaving(session, keeps=False) == []


async def test_what_failed_before_is_tried_at_once_and_holds_nothing_up(safe: Safe) -> None:
    script = safe.control.node.script
    await safe.stopped()
    script.fail("backup", FULL)
    await safe.look(1)
    await safe.control.service.delete(safe.control.alice, safe.workspace)
    await safe.look()
    (deleted,) = await safe.content.deleted.list(safe.control.alice)
    assert not deleted.pending  # its point was made without waiting for the next try
    await freed(safe)


async def test_what_clean_up_deletes_is_in_a_point_first(safe: Safe) -> None:
    """As any deletion: `app.workspaces.cleaning` does no more than wish for it."""
    await safe.stopped()
    async with safe.control.store.change() as change:
        row = await change.workspace(safe.workspace)
        assert row is not None
        row.wish = "deleted"
    assert safe.workspace in safe.control.node.contents
    await freed(safe)
    assert safe.node.points[safe.workspace]
    (deleted,) = await safe.content.deleted.list(safe.control.alice)
    assert (deleted.points, deleted.pending) == (1, False)
