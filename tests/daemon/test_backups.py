"""Restore points of a real daemon: made, listed, looked into, brought back whole."""

from pathlib import Path

import pytest

from tests.daemon.caller import Caller
from tests.daemon.oddtree import differences, fields, grow
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
    """A stopped workspace's tree, with odd files in it."""
    instance = f"{workspace}.1"
    assert caller.prepared(instance, url).state == pb.CONTENT_READY
    tree = Path(caller.host.layout.content) / workspace
    grow(tree / "workspace" / "demo")
    grow(tree / "home", seed=2)
    assert caller.seal(instance).state == pb.CONTENT_SEALED
    yield tree
    caller.discard(workspace, 1)
    caller.stub.Drop(pb.DropRequest(workspace=workspace, n=1))


def test_a_point_is_listed_read_back_and_restored_to_the_last_field(caller, sealed, workspace):
    instance = f"{workspace}.1"
    done = backed_up(caller, instance, "p1")
    assert done.state == pb.BACKUP_DONE, done
    assert done.made.verified
    assert done.made.files > 40

    again = backed_up(caller, instance, "p2")
    assert (again.state, again.made.point) == (pb.BACKUP_DONE, "p1")  # nothing has changed

    before = [fields(sealed / name) for name in FOLDERS]
    (sealed / "workspace" / "demo" / "plain").write_text("other\n")
    (sealed / "workspace" / "demo" / "new").write_text("new\n")
    changed = backed_up(caller, instance, "p3")
    assert (changed.made.point, changed.made.files_new) == ("p3", 1)
    points = caller.stub.Points(pb.PointsRequest(repository=repository(workspace)))
    assert [one.point for one in points.points] == ["p1", "p3"]
    assert points.size > 0

    status = restored(caller, instance, "w1", workspace, "p1")
    assert (status.state, status.restored) == (pb.CONTENT_SEALED, "w1"), status
    for name, was in zip(FOLDERS, before, strict=True):
        assert differences(was, fields(sealed / name)) == []
