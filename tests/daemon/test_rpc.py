"""Status codes of the gRPC face."""

import grpc
import pytest

from tests import nodehost
from tests.daemon.caller import Caller
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


def code_of(call) -> grpc.StatusCode:
    with pytest.raises(grpc.RpcError) as refused:
        call()
    return refused.value.code()


def test_requests_that_do_not_parse(caller: Caller, url, workspace):
    stub, instance = caller.stub, f"{workspace}.1"
    prepare = {"instance": instance, "url": url, "image": nodehost.IMAGE, "folder": "demo"}
    apply = {"instance": instance, "image": "i", "supervisor": "s", "ide": "d", "token": "t"}
    calls = [
        lambda: stub.Prepare(pb.PrepareRequest(**{**prepare, "instance": "../x"})),
        lambda: stub.Prepare(pb.PrepareRequest(**{**prepare, "folder": "../x"})),
        lambda: stub.Prepare(pb.PrepareRequest(**{**prepare, "image": "../x"})),
        lambda: stub.Apply(pb.ApplyRequest(**apply, workspace_class="huge")),
        lambda: stub.Delete(pb.DeleteRequest(instance="x")),
        lambda: stub.Seal(pb.SealRequest(instance="x")),
        lambda: stub.Discard(pb.DiscardRequest(workspace="..", n=1)),
    ]
    assert {code_of(call) for call in calls} == {grpc.StatusCode.INVALID_ARGUMENT}


def test_discarding_what_is_not_there_is_success(caller: Caller, workspace):
    assert caller.discard(workspace, 1) == 0
    assert caller.discard(workspace, 0) == 0


def test_sealing_what_is_not_there_says_so(caller: Caller, workspace):
    assert caller.seal(f"{workspace}.1").state == pb.CONTENT_ABSENT


def test_a_watch_starts_with_everything(caller: Caller, url, workspace):
    caller.prepared(f"{workspace}.1", url)
    stream = caller.stub.Watch(pb.WatchRequest(), timeout=10)
    first = next(stream)
    assert first.WhichOneof("item") == "all"
    assert f"{workspace}.1" in [one.instance for one in first.all.contents]
    stream.cancel()
