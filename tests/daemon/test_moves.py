"""A workspace moves between two real nodes, and the one that it has left never writes again."""

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from tests import disks, nodehost
from tests.daemon.caller import Caller
from tests.daemon.test_backups import KEY, backed_up, repository, restored
from tests.daemon.test_rpc import code_of
from tests.nodehost import NodeHost
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


@pytest.fixture(scope="module")
def elsewhere(host: NodeHost, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeHost]:
    """Another node, which has the same store of restore points."""
    made = nodehost.make_host(tmp_path_factory.mktemp("elsewhere"))
    Path(made.layout.backups).symlink_to(host.layout.backups)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def there(elsewhere: NodeHost) -> Iterator[Caller]:
    made = Caller(elsewhere)
    yield made
    made.close()


FILE = Path("workspace", "demo", "file")


def read(caller: Caller, workspace: str) -> str:
    with disks.shown(caller.host.layout, workspace) as folder:
        return (folder / FILE).read_text()


def write(caller: Caller, workspace: str, text: str) -> None:
    with disks.shown(caller.host.layout, workspace) as folder:
        (folder / FILE).write_text(text)


def left(caller: Caller, instance: str, url: str, text: str, point: str) -> None:
    """Write, stop, and have it backed up."""
    write(caller, instance.partition(".")[0], text)
    assert caller.seal(instance).state == pb.CONTENT_SEALED
    assert backed_up(caller, instance, point).state == pb.BACKUP_DONE


def test_it_moves_and_the_node_it_left_is_fenced(caller, there, url, workspace, host):
    caller.prepared(f"{workspace}.1", url)
    left(caller, f"{workspace}.1", url, "one", "p1")

    second = f"{workspace}.2"
    assert restored(there, second, "m1", workspace, "p1").state == pb.CONTENT_SEALED
    moved = there.prepared(second, url, fresh=False, left=1)
    assert moved.state == pb.CONTENT_READY, moved
    assert read(there, workspace) == "one"
    assert caller.seal(second).state == pb.CONTENT_SEALED  # how the first node is told

    # whoever still takes the first start for the newest is refused there, whatever it asks for
    first, stub = f"{workspace}.1", caller.stub
    wish = {"instance": first, "restore": "w", "repository": repository(workspace), "point": "p1"}
    late = (
        lambda: caller.prepare(first, url, fresh=False),
        lambda: caller.apply(first),
        lambda: caller.seal(first),
        lambda: stub.Backup(pb.BackupRequest(instance=first, point="late", key=KEY)),
        lambda: stub.Restore(pb.RestoreRequest(**wish)),
        lambda: caller.discard(workspace, 1),
    )
    assert {code_of(call) for call in late} == {grpc.StatusCode.FAILED_PRECONDITION}
    there.seal(second)


def test_a_node_that_comes_back_late_offers_its_copy_and_overwrites_nothing(
    caller, there, url, workspace, host
):
    caller.prepared(f"{workspace}.1", url)
    left(caller, f"{workspace}.1", url, "one", "p1")
    write(caller, workspace, "written after the point")
    host.kill()
    second = f"{workspace}.2"
    restored(there, second, "m1", workspace, "p1")
    assert there.prepared(second, url, fresh=False, left=1).state == pb.CONTENT_READY
    left(there, second, url, "two", "p2")
    host.start()

    # it does not go on with what it has, also for the newest start
    third = f"{workspace}.3"
    stale = caller.prepare(third, url, fresh=False, left=2)
    assert (stale.state, stale.fault.code) == (pb.CONTENT_FAILED, "content_stale")
    assert caller.apply(third).state == pb.CONTAINER_FAILED
    assert read(caller, workspace) == "written after the point"

    # what it has becomes a point beside the others, and then makes room
    assert backed_up(caller, third, "offered", always=True).state == pb.BACKUP_DONE
    listed = there.stub.Points(pb.PointsRequest(repository=repository(workspace))).points
    assert {one.point for one in listed} == {"p1", "p2", "offered"}
    assert read(there, workspace) == "two"
    assert caller.discard(workspace, 3) > 0

    # and the workspace may come back, as the other node has left it
    fourth = f"{workspace}.4"
    assert restored(caller, fourth, "m2", workspace, "p2").state == pb.CONTENT_SEALED
    assert caller.prepared(fourth, url, fresh=False, left=2).state == pb.CONTENT_READY
    assert read(caller, workspace) == "two"


def test_a_restore_in_place_brings_a_stale_tree_up_to_date(caller, there, url, workspace):
    caller.prepared(f"{workspace}.1", url)
    left(caller, f"{workspace}.1", url, "one", "p1")
    second, third = f"{workspace}.2", f"{workspace}.3"
    restored(there, second, "m1", workspace, "p1")
    there.prepared(second, url, fresh=False, left=1)
    left(there, second, url, "two", "p2")
    assert caller.prepare(third, url, fresh=False, left=2).fault.code == "content_stale"
    assert restored(caller, third, "m2", workspace, "p2").state == pb.CONTENT_SEALED
    assert caller.prepared(third, url, fresh=False, left=2).state == pb.CONTENT_READY
    assert read(caller, workspace) == "two"


def test_what_points_leave_out_is_in_what_a_node_offers(caller, there, url, workspace):
    caller.prepared(f"{workspace}.1", url)
    write(caller, workspace, "one")
    with disks.shown(caller.host.layout, workspace) as folder:
        (folder / FILE).with_name("large").write_text("left out")
    assert caller.seal(f"{workspace}.1").state == pb.CONTENT_SEALED
    excludes = ["demo/large"]
    assert backed_up(caller, f"{workspace}.1", "p1", excludes=excludes).state == pb.BACKUP_DONE

    second = f"{workspace}.2"
    assert restored(there, second, "m1", workspace, "p1").state == pb.CONTENT_SEALED
    with disks.shown(there.host.layout, workspace) as folder:
        assert not (folder / FILE).with_name("large").exists()

    # nothing has changed since its point: it is made all the same, since it leaves nothing out
    offered = backed_up(caller, second, "offered")
    assert (offered.state, offered.made.point) == (pb.BACKUP_DONE, "offered")
    third = f"{workspace}.3"
    assert restored(there, third, "m2", workspace, "offered").state == pb.CONTENT_SEALED
    with disks.shown(there.host.layout, workspace) as folder:
        assert (folder / FILE).with_name("large").read_text() == "left out"
