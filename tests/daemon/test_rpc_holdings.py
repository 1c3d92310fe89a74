"""A real daemon tells what lies on its disk, whoever asked for it."""

from pathlib import Path

import pytest

from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


def held(caller, *measured):
    reply = caller.stub.Holdings(pb.HoldingsRequest(measured=measured))
    return {(one.kind, one.name): one for one in reply.holdings}


def test_a_tree_is_told_until_it_is_discarded(caller, url, workspace):
    key = (pb.HOLDING_TREE, workspace)
    assert key not in held(caller)
    assert caller.prepared(f"{workspace}.2", url).state == pb.CONTENT_READY
    one = held(caller)[key]
    assert (one.highest, one.folder, one.bytes) == (2, "demo", 0)
    assert Path(one.place).name == workspace
    assert Path(one.place).is_dir()
    assert one.touched > 1_700_000_000
    assert held(caller, workspace)[key].bytes > 0
    caller.discard(workspace, one.highest)
    assert key not in held(caller)


def test_it_is_told_after_a_kill_too(caller, url, workspace):
    assert caller.prepared(f"{workspace}.1", url).state == pb.CONTENT_READY
    caller.host.kill()
    caller.host.start()
    assert (pb.HOLDING_TREE, workspace) in held(caller)
    caller.discard(workspace, 1)
