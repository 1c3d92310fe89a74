"""A real daemon that only admits: what pods may use, and until when."""

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from tests import nodehost, podprocess
from tests.daemon.caller import Caller, eventually
from tests.nodehost import NodeHost
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeHost]:
    started = nodehost.start_daemon(tmp_path_factory.mktemp("node"), PODIUM_CONTAINERS="pods")
    nodehost.make_repository(started)
    yield started
    started.stop()


def admitted(caller: Caller, instance: str, url: str) -> Path:
    """Prepare and admit; returns the tree's path, which a pod mounts."""
    assert caller.prepared(instance, url).state == pb.CONTENT_READY
    assert caller.apply(instance).state == pb.CONTAINER_RUNNING
    workspace = instance.rpartition(".")[0]
    return Path(caller.host.layout.content) / workspace / "workspace"


def state(caller: Caller, instance: str) -> int:
    found = [one.state for one in caller.list().containers if one.instance == instance]
    return found[0] if found else pb.CONTAINER_ABSENT


def test_a_tree_is_let_go_of_when_nobody_has_it_mounted(
    host: NodeHost, caller: Caller, url: str, workspace: str
) -> None:
    one = f"{workspace}.1"
    tree = admitted(caller, one, url)
    assert (tree / "demo" / ".git").is_dir()
    assert tree.with_name("home").is_dir()
    with podprocess.running(tree):
        reply = caller.stub.Delete(pb.DeleteRequest(instance=one, grace=0))
        assert reply.state == pb.CONTAINER_STOPPING
        eventually(lambda: "tree_in_use" in host.log)
        assert caller.seal(one).fault.code == "container_alive"
        with pytest.raises(grpc.RpcError) as refused:
            caller.discard(workspace, 1)
        assert refused.value.code() is grpc.StatusCode.ABORTED
        assert state(caller, one) == pb.CONTAINER_STOPPING
    caller.container(one, pb.CONTAINER_ABSENT)
    assert caller.seal(one).state == pb.CONTENT_SEALED
    assert caller.discard(workspace, 1) > 0


def test_an_admission_outlives_the_daemon_with_its_tree(
    host: NodeHost, caller: Caller, url: str, workspace: str
) -> None:
    one = f"{workspace}.1"
    tree = admitted(caller, one, url)
    host.kill()
    host.start()
    assert state(caller, one) == pb.CONTAINER_RUNNING
    host.terminate()
    host.start()
    assert state(caller, one) == pb.CONTAINER_RUNNING
    assert (tree / "demo" / ".git").is_dir()
    assert caller.seal(one).fault.code == "container_alive"
    assert caller.apply(one).state == pb.CONTAINER_RUNNING
    caller.deleted(one)
    assert caller.seal(one).state == pb.CONTENT_SEALED
    host.kill()
    host.start()
    assert state(caller, one) == pb.CONTAINER_ABSENT


def test_nothing_is_admitted_without_its_tree_nor_an_older_start(
    caller: Caller, url: str, workspace: str
) -> None:
    assert caller.apply(f"{workspace}.1").fault.code == "content_missing"
    tree = admitted(caller, f"{workspace}.2", url)
    with pytest.raises(grpc.RpcError) as fenced:
        caller.apply(f"{workspace}.1")
    assert fenced.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    with podprocess.running(tree) as pod:
        newer = caller.prepare(f"{workspace}.3", url, fresh=False)
        assert newer.state == pb.CONTENT_WORKING
        eventually(lambda: state(caller, f"{workspace}.2") == pb.CONTAINER_STOPPING)
        assert caller.apply(f"{workspace}.3").fault.code == "content_missing"
        pod.end()
        caller.content(f"{workspace}.3", pb.CONTENT_READY)
    assert state(caller, f"{workspace}.2") == pb.CONTAINER_ABSENT
    assert caller.apply(f"{workspace}.3").state == pb.CONTAINER_RUNNING
    caller.deleted(f"{workspace}.3")


def test_a_lease_that_runs_out_ends_whoever_has_an_admitted_tree(
    host: NodeHost, caller: Caller, url: str, workspace: str
) -> None:
    one = f"{workspace}.1"
    tree = admitted(caller, one, url)
    told = caller.stub.Hold(pb.HoldRequest())
    caller.stub.Hold(pb.HoldRequest(boot=told.boot, until=told.now + 600))
    with podprocess.running(tree) as pod:
        host.kill()
        lease = Path(host.layout.home) / "lease"
        lease.write_text(f"{told.boot} {told.now - 1}\n")  # as though it were ten minutes later
        assert pod.ended() == -9
    host.start()
    assert state(caller, one) == pb.CONTAINER_RUNNING
    with pytest.raises(grpc.RpcError) as unleased:
        caller.apply(one)
    assert unleased.value.code() is grpc.StatusCode.UNAVAILABLE
    with podprocess.running(tree) as pod:
        assert pod.ended() == -9
    told = caller.stub.Hold(pb.HoldRequest())
    caller.stub.Hold(pb.HoldRequest(boot=told.boot, until=told.now + 600))
    caller.deleted(one)
