"""Restore points of a real daemon: made, listed, looked into, brought back whole."""

import os
from functools import partial
from pathlib import Path
from secrets import token_bytes

import grpc
import pytest

from daemon.backups import Backups
from daemon.core.faults import BackupFailed
from daemon.core.pointorders import BackupOrder, Repository
from daemon.core.points import Book, State
from daemon.host import cgroups
from daemon.host.disks import Disks
from daemon.host.restic import Restic
from daemon.host.trees import Trees
from daemon.hub import Hub
from kit.tasks import Tasks
from tests import disks
from tests.daemon.caller import Caller
from tests.daemon.oddtree import differences, fields, grow
from tests.daemon.restics import KEY as PLACE
from tests.daemon.restics import WORKSPACE, Place
from tests.daemon.test_rpc import code_of
from tests.waiting import until
from wire.ids import InstanceId, workspace_id_from
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root
FOLDERS = ("workspace", "home")
KEY = bytes(range(32))


def repository(workspace, key=KEY):
    return pb.Repository(workspace=workspace, key=key)


def backed_up(caller, instance, point, **words):
    """Ask for a point and wait for its end."""
    request = pb.BackupRequest(instance=instance, point=point, key=KEY, **words)
    status = caller.stub.Backup(request)
    if status.state == pb.BACKUP_WORKING:
        status = caller.backup(instance, point)
    return status


def restored(caller, instance, wish, source, point):
    status = caller.stub.Restore(
        pb.RestoreRequest(
            instance=instance, restore=wish, repository=repository(source), point=point
        )
    )
    if status.state != pb.CONTENT_WORKING:
        return status
    return caller.content(instance, pb.CONTENT_SEALED, pb.CONTENT_FAILED)


@pytest.fixture
def sealed(caller: Caller, url: str, workspace: str):
    """A stopped workspace, with odd files in it; shows its folder."""
    instance = f"{workspace}.1"
    assert caller.prepared(instance, url).state == pb.CONTENT_READY
    tree = Path(caller.host.layout.content) / workspace
    grow(tree / "workspace" / "demo")
    grow(tree / "home", seed=2)
    assert caller.seal(instance).state == pb.CONTENT_SEALED
    yield partial(disks.shown, caller.host.layout, workspace)
    caller.discard(workspace, 9)
    caller.stub.Drop(pb.DropRequest(workspace=workspace, n=9))


def test_a_point_is_listed_read_back_and_restored_to_the_last_field(caller, sealed, workspace):
    instance = f"{workspace}.1"
    done = backed_up(caller, instance, "p1")
    assert done.state == pb.BACKUP_DONE, done
    assert done.made.verified
    assert done.made.files > 40

    again = backed_up(caller, instance, "p2")
    assert (again.state, again.made.point) == (pb.BACKUP_DONE, "p1")  # nothing has changed

    with sealed() as tree:
        before = [fields(tree / name) for name in FOLDERS]
        (tree / "workspace" / "demo" / "plain").write_text("other\n")
        (tree / "workspace" / "demo" / "new").write_text("new\n")
    changed = backed_up(caller, instance, "p3")
    assert (changed.made.point, changed.made.files_new) == ("p3", 1)
    points = caller.stub.Points(pb.PointsRequest(repository=repository(workspace)))
    assert [one.point for one in points.points] == ["p1", "p3"]
    assert points.size > 0

    status = restored(caller, instance, "w1", workspace, "p1")
    assert (status.state, status.restored) == (pb.CONTENT_SEALED, "w1"), status
    with sealed() as tree:
        for name, was in zip(FOLDERS, before, strict=True):
            assert differences(was, fields(tree / name)) == []


async def test_a_point_without_a_record_changes_nothing(caller, sealed, workspace):
    instance, group = f"{workspace}.1", "/podium_testrecord"
    assert backed_up(caller, instance, "p1").state == pb.BACKUP_DONE
    folder = Path(caller.host.layout.backups) / workspace / "repository"
    plan = {"point": "bare", "tags": ["point:bare"], "excludes": [], "record": {}, "writes": True}
    plan |= {"parent": "", "fingerprint": "", "verified": []}
    stage = Path(caller.host.layout.run) / "stage"
    key = Repository(workspace, KEY.hex())
    with sealed() as tree:
        plan["tree"] = {"workspace": str(tree / "workspace"), "home/gitpod": str(tree / "home")}
        await Restic(stage, group).run("backup", key, folder, lambda _line: None, **plan)
        cgroups.remove(group)
        before = fields(tree)
    status = restored(caller, instance, "w1", workspace, "bare")
    assert (status.state, status.fault.code) == (pb.CONTENT_FAILED, "restore_failed")
    with sealed() as tree:
        assert differences(before, fields(tree)) == []
    assert restored(caller, instance, "w2", workspace, "nowhere").fault.code == "point_unknown"
    assert caller.prepared(f"{workspace}.2", "file:///nowhere", fresh=False).state == (
        pb.CONTENT_READY
    )


def test_a_point_becomes_another_workspace(caller, sealed, workspace):
    assert backed_up(caller, f"{workspace}.1", "p1").state == pb.BACKUP_DONE
    other = workspace_id_from(token_bytes(16))
    instance = f"{other}.1"
    status = restored(caller, instance, "w1", workspace, "p1")
    assert (status.state, status.restored) == (pb.CONTENT_SEALED, "w1"), status
    assert restored(caller, instance, "w1", workspace, "p1").restored == "w1"  # once
    opened = caller.prepared(instance, "file:///nowhere")
    assert (opened.state, opened.instance) == (pb.CONTENT_READY, instance), opened
    copy = Path(caller.host.layout.content) / other
    with sealed() as tree:
        for name in FOLDERS:
            assert differences(fields(tree / name), fields(copy / name)) == []
    with pytest.raises(grpc.RpcError) as refused:  # it is open now
        restored(caller, instance, "w2", workspace, "p1")
    assert refused.value.code() is grpc.StatusCode.ABORTED
    caller.discard(other, 1)


def test_points_outlive_daemon_and_tree(caller, sealed, workspace):
    instance = f"{workspace}.1"
    assert backed_up(caller, instance, "p1").state == pb.BACKUP_DONE
    caller.host.kill()
    caller.host.start()
    assert not caller.list().backups
    assert backed_up(caller, instance, "p1").made.point == "p1"
    with sealed() as tree:
        before = fields(tree / "workspace")
    caller.discard(workspace, 1)
    status = restored(caller, f"{workspace}.2", "undelete", workspace, "p1")
    assert status.state == pb.CONTENT_SEALED, status
    with sealed() as tree:
        assert differences(before, fields(tree / "workspace")) == []
    opened = caller.prepared(f"{workspace}.2", "file:///nowhere", fresh=False)
    assert (opened.state, opened.instance) == (pb.CONTENT_READY, f"{workspace}.2")
    caller.seal(f"{workspace}.2")
    caller.discard(workspace, 2)


def test_a_tree_is_backed_up_while_its_container_runs(caller, url, workspace, running):
    running()
    instance = f"{workspace}.1"
    done = backed_up(caller, instance, "p1")
    assert done.state == pb.BACKUP_DONE, done
    assert code_of(lambda: restored(caller, instance, "w", workspace, "p1")) is (
        grpc.StatusCode.ABORTED
    )
    caller.deleted(instance, grace=0)
    caller.prepared(f"{workspace}.2", url, fresh=False)
    late = code_of(lambda: backed_up(caller, instance, "p2"))  # an older one speaks no more
    assert late is grpc.StatusCode.FAILED_PRECONDITION
    caller.seal(f"{workspace}.2")
    caller.discard(workspace, 2)
    caller.stub.Drop(pb.DropRequest(workspace=workspace, n=2))


async def test_who_waits_for_its_own_repository_holds_nobody_up(tmp_path):
    place, tasks = Place(tmp_path), Tasks()
    content = tmp_path / "content"
    content.mkdir()
    (tmp_path / "disks").mkdir()
    trees = Trees(content, Disks(tmp_path / "disks", content))
    backups = Backups(place.repositories, trees, Hub(), tasks)
    names = [workspace_id_from(bytes([one]) * 16) for one in range(3)]
    for name in names[:2]:  # somebody restores from them
        await backups.reading.locks[name].acquire()
    for name in names:
        await backups.backup(BackupOrder(InstanceId(name, 1), PLACE, "p1", []))
    try:
        await until(lambda: backups.statuses()[2].state is not State.WORKING)
        assert [one.state for one in backups.statuses()][:2] == [State.WORKING] * 2
    finally:
        await tasks.close()
        place.close()


async def test_taking_points_out_goes_on_when_whoever_asked_is_gone(tmp_path):
    place, tasks = Place(tmp_path), Tasks()
    trees = Trees(tmp_path / "content", Disks(tmp_path / "disks", tmp_path / "content"))
    backups = Backups(place.repositories, trees, Hub(), tasks)
    try:
        for point in ("p1", "p2"):
            (place.tree / "file").write_bytes(os.urandom(100_000))
            await place.backup(point)
        asking = tasks.spawn(backups.forget(PLACE, ["p1"]), "ask")
        await until(backups.reading.locks[WORKSPACE].locked)
        asking.cancel()
        assert await backups.forget(PLACE, ["p1"]) == 0  # it was done by then
        left, _size = await backups.reading.points(PLACE)
        assert [one.point for one in left] == ["p2"]
    finally:
        await tasks.close()
        place.close()


async def test_what_another_node_takes_out_once_the_tree_is_gone_is_no_damage(tmp_path):
    place, tasks = Place(tmp_path), Tasks()
    trees = Trees(tmp_path / "content", Disks(tmp_path / "disks", tmp_path / "content"))
    backups = Backups(place.repositories, trees, Hub(), tasks)
    try:
        (place.tree / "file").write_bytes(os.urandom(100_000))
        first = await place.snapshot("p1")
        (place.tree / "file").write_bytes(os.urandom(100_000))
        noted = (await place.backup("p2"))["verified"]
        await backups.leave(WORKSPACE)
        assert not place.repositories.book_file(WORKSPACE).exists(), "nothing was noted here"
        place.repositories.keep_book(WORKSPACE, Book())
        await backups.leave(WORKSPACE)
        await place.run("forget", snapshots=[first], verified=[], writes=True)  # the other node
        with pytest.raises(BackupFailed, match="gone"):
            await place.backup("p3", verified=noted)
        pruned = place.repositories.book(WORKSPACE).pruning
        assert (await place.backup("p3", verified=noted, pruned=pruned))["snapshots"]
    finally:
        await tasks.close()
        place.close()
