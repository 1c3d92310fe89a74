"""A daemon with restore points in an object store that fails: nothing waits, nothing is lost."""

from pathlib import Path

import pytest

from tests import disks, nodehost, objectstore
from tests.daemon.caller import Caller, eventually
from tests.daemon.oddtree import differences, fields, grow
from tests.daemon.test_backups import KEY, backed_up, repository, restored
from tests.objectstore import Faulty, Mode
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


@pytest.fixture(scope="module")
def front(object_store):
    with Faulty(object_store.port) as started:
        yield started


@pytest.fixture(scope="module")
def host(tmp_path_factory, object_store, front):
    address = f"s3:http://127.0.0.1:{front.port}/{objectstore.BUCKET}/daemon"
    started = nodehost.start_daemon(
        tmp_path_factory.mktemp("node"),
        PODIUM_BACKUP_STORE=address,
        PODIUM_BACKUP_STORE_CREDENTIALS=str(object_store.credentials),
        PODIUM_BACKUP_STORE_PATIENCE="2",
    )
    nodehost.make_repository(started)
    yield started
    started.stop()


def asked(caller: Caller, instance: str, point: str) -> pb.Backup:
    return caller.stub.Backup(pb.BackupRequest(instance=instance, point=point, key=KEY))


def done(caller: Caller, instance: str, point: str) -> pb.Backup | None:
    """Ask again, as the server does, until the point is made."""
    status = asked(caller, instance, point)
    return status if status.state == pb.BACKUP_DONE else None


def test_a_stop_waits_for_no_store_and_the_point_is_made_when_it_is_back(
    caller, front, object_store, workspace, url, running
):
    running()
    instance = f"{workspace}.1"
    tree = Path(caller.host.layout.content) / workspace
    grow(tree / "workspace" / "demo")
    front.mode = Mode.STALL
    assert asked(caller, instance, "p1").state == pb.BACKUP_WORKING
    before = front.asked
    eventually(lambda: front.asked > before)
    caller.deleted(instance, grace=0)
    assert caller.seal(instance).state == pb.CONTENT_SEALED
    assert not any(one.state == pb.BACKUP_DONE for one in caller.list().backups)
    assert caller.backup(instance, "p1").fault.code == "store_stalled"
    front.mode = Mode.PASS
    made = eventually(lambda: done(caller, instance, "p1"), 60)
    assert made.made.verified

    with disks.shown(caller.host.layout, workspace) as tree:
        before = [fields(tree / name) for name in ("workspace", "home")]
        (tree / "workspace" / "demo" / "plain").write_text("other\n")
    assert backed_up(caller, instance, "p2").made.point == "p2"
    points = caller.stub.Points(pb.PointsRequest(repository=repository(workspace)))
    assert [one.point for one in points.points] == ["p1", "p2"]
    status = restored(caller, instance, "w1", workspace, "p1")
    assert (status.state, status.restored) == (pb.CONTENT_SEALED, "w1"), status
    with disks.shown(caller.host.layout, workspace) as tree:
        for name, was in zip(("workspace", "home"), before, strict=True):
            assert differences(was, fields(tree / name)) == []

    assert "top-secret" not in caller.host.log
    caller.discard(workspace, 1)
    caller.stub.Drop(pb.DropRequest(workspace=workspace, n=2))
    assert object_store.names(f"daemon/workspaces/{workspace}") == []
