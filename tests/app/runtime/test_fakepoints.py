"""The fake keeps the port's promises: done once, tried again after a failure, refused in time."""

import pytest

from app.runtime.fake import FakeRuntime
from app.runtime.fakepoints import MISSING, WRONG_KEY, FakePoints
from app.runtime.points import Absent, BackupState, ExportFormat, Repository
from app.runtime.port import ContentState, ContentStatus, Fenced, Refused, Unreachable
from wire.ids import InstanceId
from wire.problems import Problem

ONE = InstanceId("amber-otter-0000000000", 1)
KEY = b"k" * 32
OF_ONE = Repository(ONE.workspace, KEY)


@pytest.fixture
def points() -> FakePoints:
    node = FakeRuntime()
    node.put(ContentStatus(instance=ONE, state=ContentState.SEALED))
    made = FakePoints(node)
    made.files[ONE.workspace] = {b"workspace/a": b"1", b"home/b": b"22"}
    return made


async def test_moves_are_told_until_it_is_cut(points: FakePoints) -> None:
    points._node.script.hold("backup")
    moves = points.watch()
    await anext(moves)
    await points.backup(ONE, "p1", KEY)
    points.progress("p1", "writing", 1, 2)
    await anext(moves)
    (status,) = (await points.sight()).backups
    assert (status.progress, status.done, status.total) == ("writing", 1, 2)
    points._node.script.release("backup")
    await anext(moves)
    points._node.cut()
    points._moved()
    with pytest.raises(Unreachable):
        await anext(moves)


async def test_a_point_is_made_once_and_only_of_changes(points: FakePoints) -> None:
    first = await points.backup(ONE, "p1", KEY, excludes=["x"])
    assert first.state is BackupState.WORKING
    done = await points.backup(ONE, "p1", KEY)
    assert done.made is not None
    assert (done.state, done.made.point, done.made.size) == (BackupState.DONE, "p1", 3)
    await points.backup(ONE, "p2", KEY)
    same = await points.backup(ONE, "p2", KEY)
    assert same.made == done.made
    await points.backup(ONE, "p3", KEY, always=True)
    assert list(points.points[ONE.workspace]) == ["p1", "p3"]


async def test_a_failure_is_tried_again_by_the_next_call(points: FakePoints) -> None:
    points._node.script.fail("backup", Problem(code="x", title="x"))
    await points.backup(ONE, "p1", KEY)
    assert [one.state for one in (await points.sight()).backups] == [BackupState.FAILED]
    assert (await points.backup(ONE, "p1", KEY)).state is BackupState.WORKING
    assert (await points.backup(ONE, "p1", KEY)).state is BackupState.DONE


async def test_keys_fences_and_a_missing_tree_count(points: FakePoints) -> None:
    await points.backup(ONE, "p1", KEY)
    assert (await points.backup(ONE, "p2", b"other")).problem == WRONG_KEY
    with pytest.raises(Absent):
        await points.browse(Repository(ONE.workspace, b"other"), "p1", b"")
    assert [one.point for one in await points.listed(OF_ONE)] == ["p1"]
    with pytest.raises(Refused):
        await points.listed(Repository(ONE.workspace, b"other"))
    other = InstanceId("pink-heron-0000000000", 1)
    assert (await points.backup(other, "p9", KEY)).problem == MISSING
    assert await points.listed(Repository(other.workspace, KEY)) == []
    await points.backup(InstanceId(ONE.workspace, 2), "p3", KEY)
    with pytest.raises(Fenced):
        await points.backup(ONE, "p4", KEY)
    points._node.cut()
    with pytest.raises(Unreachable):
        await points.backup(InstanceId(ONE.workspace, 2), "p5", KEY)


async def test_files_come_out_again(points: FakePoints) -> None:
    await points.backup(ONE, "p1", KEY)
    assert [one.name for one in await points.browse(OF_ONE, "p1", b"")] == [b"home", b"workspace"]
    file = [piece async for piece in points.export(OF_ONE, "p1", b"home/b", ExportFormat.FILE)]
    assert file == [b"22"]
    for path, wanted in ((b"none", ExportFormat.TAR), (b"none", ExportFormat.FILE)):
        with pytest.raises(Absent):
            await anext(points.export(OF_ONE, "p1", path, wanted))
    with pytest.raises(Absent):
        await points.browse(OF_ONE, "p1", b"none")


async def test_a_restore_is_done_once_and_all_or_nothing(points: FakePoints) -> None:
    await points.backup(ONE, "p1", KEY)
    points.files[ONE.workspace] = {}
    await points.restore(ONE, "r1", OF_ONE, "p1")
    status = await points.restore(ONE, "r1", OF_ONE, "p1")
    assert (status.state, status.restored) == (ContentState.SEALED, "r1")
    assert len(points.files[ONE.workspace]) == 2
    await points.restore(ONE, "r2", OF_ONE, "none")
    failed = (await points.sight()).contents[1]
    assert (failed.state, failed.restored) == (ContentState.FAILED, "r2")
    assert failed.problem is not None
    assert failed.problem.code == "point_unknown"
    assert points._node.contents[ONE.workspace] == status


async def test_what_is_forgotten_or_dropped_is_gone(points: FakePoints) -> None:
    await points.backup(ONE, "p1", KEY)
    await points.forget(OF_ONE, ["p1", "none"])
    assert points.points[ONE.workspace] == {}
    await points.drop(ONE.workspace, 1)
    await points.drop(ONE.workspace, 1)
    assert points.keys == {}
