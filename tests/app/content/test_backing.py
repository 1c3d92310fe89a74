"""Points are made while it runs, at its stop and before its deletion; failures are tried again."""

from sqlalchemy import select

from app.content.deciding import Reason, State
from app.content.policy import Policy
from app.content.retention import Keep
from app.db.content import RestorePointRow
from app.runtime.points import Made
from app.workspaces.archiving import newest_point
from tests.app.content.conftest import Safe, safe_of
from wire.ids import InstanceId
from wire.problems import Problem

FULL = Problem(code="disk_full_backup", title="The disk for restore points is full")


async def test_a_point_is_made_when_some_minutes_have_passed(safe: Safe) -> None:
    await safe.look()
    assert await safe.points() == []
    safe.control.clock.advance(300)
    await safe.look()
    (point,) = await safe.points()
    assert (point.reason, point.state) == (Reason.PERIODIC, State.DONE)
    assert (point.files, point.size, point.files_new) == (1, 3, 1)
    view = await safe.control.see(safe.workspace)
    assert view.backup is not None
    assert view.backup.at == point.made == safe.control.clock.now()
    assert not view.backup.safe


async def test_what_has_not_changed_makes_no_point_and_counts_as_backed_up(safe: Safe) -> None:
    safe.control.clock.advance(300)
    await safe.look()
    safe.control.clock.advance(300)
    await safe.look()
    (point,) = await safe.points()
    now = safe.control.clock.now()
    assert (point.made, point.current) == (now - 300, now)
    view = await safe.control.see(safe.workspace)
    assert view.backup is not None
    assert view.backup.at == now


async def test_a_stop_is_backed_up_and_then_it_is_safe(safe: Safe) -> None:
    await safe.stopped()
    view = await safe.control.see(safe.workspace)
    assert view.backup is not None
    assert not view.backup.safe
    point = await safe.backed_up()
    assert (point.reason, point.state) == (Reason.STOP, State.DONE)
    view = await safe.control.see(safe.workspace)
    assert view.backup is not None
    assert view.backup.safe
    await safe.look(3)
    assert len(await safe.points()) == 1


async def test_a_failure_is_told_and_tried_again_for_ever(safe: Safe) -> None:
    script = safe.control.node.script
    await safe.stopped()
    for pause in (15, 60, 120, 300, 600, 600):
        script.fail("backup", FULL)
        await safe.look()
        (point,) = await safe.points()
        assert (point.state, point.problem) == (State.FAILED, FULL)
        assert point.retries_at == safe.control.clock.now() + pause
        view = await safe.control.see(safe.workspace)
        assert view.backup is not None
        assert view.backup.problem == FULL
        safe.control.clock.advance(pause)
    await safe.look()
    (point,) = await safe.points()
    assert (point.state, point.problem) == (State.DONE, None)
    view = await safe.control.see(safe.workspace)
    assert view.backup is not None
    assert view.backup.problem is None
    assert view.backup.safe
    lines = [one for one in await safe.history() if "backed up" in one]
    assert lines == [
        "It is backed up again.",
        "Not backed up: The disk for restore points is full.",
    ]


async def test_a_failing_backup_blocks_neither_stop_nor_start(safe: Safe) -> None:
    safe.control.node.script.fail("backup", FULL)
    await safe.stopped()
    await safe.look()
    await safe.control.service.start(safe.control.alice, safe.workspace)
    view = await safe.control.run(safe.workspace)
    assert view.backup is not None
    assert view.backup.problem is not None


async def test_a_silent_node_is_asked_again(safe: Safe) -> None:
    await safe.stopped()
    safe.control.node.cut()
    await safe.look()
    (point,) = await safe.points()
    assert point.state is State.WORKING
    safe.control.node.mend()
    await safe.look()
    (point,) = await safe.points()
    assert point.state is State.DONE


async def test_work_is_shown_and_asked_after(safe: Safe) -> None:
    safe.control.node.script.hold("backup")
    await safe.stopped()
    for _ in range(2):
        assert await safe.content.loop.once()
        (point,) = await safe.points()
        assert point.state is State.WORKING
    safe.control.node.script.release("backup")
    assert not await safe.content.loop.once()
    (point,) = await safe.points()
    assert point.state is State.DONE


async def test_a_node_that_refuses_is_a_failure_with_its_words(safe: Safe) -> None:
    await safe.stopped()
    safe.control.node.call("prepare", InstanceId(safe.workspace, 9))  # somebody newer was there
    await safe.look()
    (point,) = await safe.points()
    assert point.problem is not None
    assert point.problem.code == "backup_refused"
    assert "older than" in point.problem.detail


async def test_a_key_that_cannot_be_opened_is_told(safe: Safe) -> None:
    await safe.backed_up()
    safe.node.keys[safe.workspace] = b"another"
    safe.control.clock.advance(1)
    await safe.content.points.make(safe.control.alice, safe.workspace)
    await safe.look()
    problem = (await safe.points())[0].problem
    assert problem is not None
    assert problem.code == "repository_key"
    safe.content.repositories._seal = safe.content.repositories._seal.__class__(b"z" * 32)
    safe.control.clock.advance(15)
    await safe.look()
    problem = (await safe.points())[0].problem
    assert problem is not None
    assert problem.code == "content_key_lost"


async def test_what_the_repository_leaves_out_is_told_to_the_node(safe: Safe) -> None:
    async with safe.control.store.change() as change:
        row = await change.workspace(safe.workspace)
        assert row is not None
        row.backup_excludes = ["node_modules/", "/dist"]
    await safe.backed_up()
    assert safe.node.excludes[safe.workspace] == ("demo/**/node_modules", "demo/dist")
    found = await safe.content.points.list(safe.control.alice, safe.workspace)
    assert found.excludes == ["node_modules/", "/dist"]


async def test_the_policy_lets_old_points_go_and_pinned_ones_stay(safe: Safe) -> None:
    few = safe_of(safe.control, Policy(keep=Keep(1, 0, 0, 0), together=1))
    few.workspace = safe.workspace
    made = []
    for content in (b"1", b"2", b"3"):
        few.files[b"workspace/demo/a.txt"] = content
        few.control.clock.advance(300)
        await few.look()
        newest = (await few.points())[0]
        made.append(newest.id)
        if content == b"1":
            await few.content.points.pin(few.control.alice, few.workspace, newest.id, pinned=True)
    assert [one.id for one in await few.points()] == [made[2], made[0]]
    assert set(few.node.points[few.workspace]) == {made[0], made[2]}
    async with few.control.database.read() as session:
        assert len((await session.scalars(select(RestorePointRow))).all()) == 2


async def test_what_was_made_by_a_clock_that_was_set_back_stays(safe: Safe) -> None:
    few = safe_of(safe.control, Policy(keep=Keep(1, 0, 0, 0), together=1))
    few.workspace = safe.workspace
    few.control.clock.advance(300)
    await few.look()
    few.files[b"workspace/demo/a.txt"] = b"last"
    few.control.clock.jump(-3000)
    await few.stopped()
    await few.look()
    view = await few.control.see(few.workspace)
    assert view.backup is not None
    assert view.backup.safe  # its files may be freed now
    (last,) = [one.id for one in await few.points() if one.reason is Reason.STOP]
    assert last in few.node.points[few.workspace]


async def test_a_point_that_only_the_node_knows_is_taken_in(safe: Safe) -> None:
    """After a restore of the platform's own database from a backup."""
    await safe.stopped()
    safe.node.points[safe.workspace] = {"rp-old": dict(safe.files)}
    safe.node.made["rp-old"] = Made(point="rp-old", time=7.0, files=1, size=3)
    await safe.look()
    (point,) = await safe.points()
    assert (point.id, point.reason, point.files) == ("rp-old", Reason.FOUND, 1)


async def test_a_stop_after_the_clock_was_set_back_is_the_newest_point_all_the_same(
    safe: Safe,
) -> None:
    await safe.backed_up()
    safe.control.clock.jump(-3600)
    await safe.control.service.start(safe.control.alice, safe.workspace)
    await safe.control.run(safe.workspace)
    safe.files[b"workspace/demo/a.txt"] = b"two"
    await safe.stopped()
    await safe.look()
    async with safe.control.database.read() as session:
        newest = await newest_point(session, safe.workspace)
    assert newest is not None
    assert safe.node.points[safe.workspace][newest.id] == {b"workspace/demo/a.txt": b"two"}
