"""Calls about snapshots that no correct caller sends."""

import grpc
import pytest

from tests.daemon.test_rpc import code_of
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


def test_requests_that_do_not_parse(caller, workspace):
    bad = (
        lambda: caller.stub.Freeze(pb.FreezeRequest(instance="no", snapshot="s")),
        lambda: caller.stub.Freeze(pb.FreezeRequest(instance=f"{workspace}.1", snapshot="../s")),
        lambda: caller.stub.LetGo(pb.LetGoRequest(snapshot="")),
        lambda: caller.prepare(f"{workspace}.1", "https://h.org/a/b", snapshot="A/b"),
    )
    assert [code_of(call) for call in bad] == [grpc.StatusCode.INVALID_ARGUMENT] * 4


def test_an_older_instance_is_fenced(caller, workspace):
    def freeze(n):
        return caller.stub.Freeze(pb.FreezeRequest(instance=f"{workspace}.{n}", snapshot="s"))

    freeze(2)
    assert code_of(lambda: freeze(1)) == grpc.StatusCode.FAILED_PRECONDITION
