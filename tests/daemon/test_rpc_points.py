"""Calls about restore points: what does not parse, what is not there, and the way of bytes."""

import io
import tarfile
from pathlib import Path

import grpc
import pytest

from tests.daemon.test_backups import KEY, backed_up, repository
from tests.daemon.test_rpc import code_of
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


def test_requests_that_do_not_parse(caller, workspace):
    stub, instance, good = caller.stub, f"{workspace}.1", repository(workspace)
    calls = [
        lambda: stub.Backup(pb.BackupRequest(instance=instance, point="../p", key=KEY)),
        lambda: stub.Backup(pb.BackupRequest(instance=instance, point="p", key=b"short")),
        lambda: stub.Points(pb.PointsRequest()),
        lambda: stub.Browse(pb.BrowseRequest(repository=good, point="p", path=b"../x")),
        lambda: list(stub.Export(pb.ExportRequest(repository=good, point="P"))),
        lambda: stub.Forget(pb.ForgetRequest(repository=good, points=["*"])),
        lambda: stub.Restore(pb.RestoreRequest(instance=instance, repository=good, point="p")),
        lambda: stub.Drop(pb.DropRequest(workspace="..", n=1)),
    ]
    assert {code_of(call) for call in calls} == {grpc.StatusCode.INVALID_ARGUMENT}


def test_what_is_not_there(caller, workspace):
    stub, good = caller.stub, repository(workspace)
    assert not stub.Points(pb.PointsRequest(repository=good)).points
    calls = [
        lambda: stub.Browse(pb.BrowseRequest(repository=good, point="p")),
        lambda: list(stub.Export(pb.ExportRequest(repository=good, point="p"))),
    ]
    assert {code_of(call) for call in calls} == {grpc.StatusCode.NOT_FOUND}
    with pytest.raises(grpc.RpcError, match="point_unknown"):
        calls[0]()
    assert stub.Forget(pb.ForgetRequest(repository=good, points=["p"])).freed_bytes == 0
    assert stub.Drop(pb.DropRequest(workspace=workspace, n=1)).freed_bytes == 0
    done = backed_up(caller, f"{workspace}.1", "p")
    assert (done.state, done.fault.code) == (pb.BACKUP_FAILED, "content_missing")


def test_a_tree_that_lacks_a_part_is_not_missing(caller, url, workspace):
    """Who takes it for missing may free the rest of it."""
    instance = f"{workspace}.1"
    caller.prepared(instance, url)
    home = Path(caller.host.layout.content) / workspace / "home"
    home.rename(home.with_name("aside"))
    done = backed_up(caller, instance, "p")
    assert (done.state, done.fault.code) == (pb.BACKUP_FAILED, "content_incomplete")
    assert workspace in done.fault.detail
    home.with_name("aside").rename(home)
    assert backed_up(caller, instance, "p").state == pb.BACKUP_DONE


def test_a_point_is_looked_into_and_taken_out(caller, url, workspace):
    stub, good, instance = caller.stub, repository(workspace), f"{workspace}.1"
    caller.prepared(instance, url)
    demo = Path(caller.host.layout.content) / workspace / "workspace" / "demo"
    (demo / "a file").write_text("text")
    assert backed_up(caller, instance, "p").state == pb.BACKUP_DONE
    found = stub.Browse(pb.BrowseRequest(repository=good, point="p", path=b"workspace/demo"))
    kinds = {one.name: one.kind for one in found.entries}
    assert (kinds[b"a file"], kinds[b".git"]) == (pb.ENTRY_FILE, pb.ENTRY_FOLDER)

    def export(path, kind):
        request = pb.ExportRequest(repository=good, point="p", path=path, format=kind)
        return b"".join(chunk.data for chunk in stub.Export(request))

    assert export(b"workspace/demo/a file", pb.EXPORT_FILE) == b"text"
    with tarfile.open(fileobj=io.BytesIO(export(b"workspace", pb.EXPORT_TAR))) as tar:
        assert "workspace/demo/a file" in tar.getnames()
    missing = b"workspace/nowhere"
    assert code_of(lambda: export(missing, pb.EXPORT_FILE)) is grpc.StatusCode.NOT_FOUND
    stub.Forget(pb.ForgetRequest(repository=good, points=["p", "q"]))
    assert not stub.Points(pb.PointsRequest(repository=good)).points
    caller.discard(workspace, 1)
    assert stub.Drop(pb.DropRequest(workspace=workspace, n=1)).freed_bytes > 0
