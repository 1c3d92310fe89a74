"""What is freed is freed whole, also by whoever had to try twice."""

import json
import subprocess
from pathlib import Path

import grpc
import pytest

from tests.daemon.caller import Caller
from tests.daemon.test_backups import backed_up, restored
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


def test_a_discard_that_was_cut_off_is_tried_again(caller: Caller, host, url, workspace):
    """Before all is gone its number still counts; a kill before the last step leaves it so."""
    caller.prepared(f"{workspace}.1", url)
    caller.seal(f"{workspace}.1")
    in_the_way = Path(host.layout.content) / f".restoring-{workspace}"
    in_the_way.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "none", str(in_the_way)], check=True)
    try:
        with pytest.raises(grpc.RpcError) as failed:
            caller.discard(workspace, 1)
        assert failed.value.code() is not grpc.StatusCode.FAILED_PRECONDITION
    finally:
        subprocess.run(["umount", str(in_the_way)], check=True)
    assert caller.discard(workspace, 1) > 50_000
    fence = Path(host.layout.content) / ".fences" / workspace
    ended = fence.read_text()
    fence.write_text("1")
    assert caller.discard(workspace, 1) == 0
    assert fence.read_text() == ended
    with pytest.raises(grpc.RpcError):
        caller.prepare(f"{workspace}.1", url)


def test_what_goes_from_a_repository_meanwhile_is_damage_unless_another_node_may_take_it_out(
    caller: Caller, host, url, workspace
):
    """Only a server with several nodes ever asks for a clock."""
    book = Path(host.layout.backups) / workspace / "points.json"
    mark = Path(host.layout.home) / "several"
    caller.prepared(f"{workspace}.1", url)
    caller.seal(f"{workspace}.1")
    assert backed_up(caller, f"{workspace}.1", "p1").state == pb.BACKUP_DONE
    assert caller.discard(workspace, 1) > 0
    assert not json.loads(book.read_text()).get("pruning")
    try:
        caller.stub.Hold(pb.HoldRequest())
        assert restored(caller, f"{workspace}.3", "m1", workspace, "p1").state == pb.CONTENT_SEALED
        assert caller.discard(workspace, 3) > 0
        assert json.loads(book.read_text())["pruning"]
    finally:
        mark.unlink()
