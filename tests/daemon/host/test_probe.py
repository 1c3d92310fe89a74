"""The trial start leaves nothing behind, and a machine without a runtime is no crash."""

import os
from pathlib import Path

import grpc
import pytest

from tests import nodehost
from tests.daemon.caller import Caller
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


def test_the_trial_leaves_nothing_behind(host):
    layout = host.layout
    for folder in (layout.instances_run, layout.run / "netns", layout.run / "userns"):
        assert not (Path(folder) / "trial").exists()
    assert not (Path(layout.instances_home) / "trial").exists()
    assert "trial" not in Path(layout.ranges).read_text()
    assert not list(Path("/sys/fs/cgroup").glob(f"*/podium_{layout.tag}/trial"))


def test_a_machine_without_a_working_runtime_says_so(tmp_path, workspace):
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("crun", "runc"):
        (programs / name).write_text("#!/bin/sh\nexit 1\n")
        (programs / name).chmod(0o755)
    host = nodehost.start_daemon(tmp_path, PATH=f"{programs}:{os.environ['PATH']}")
    caller = Caller(host)
    try:
        nodehost.make_repository(host)
        assert caller.stub.Info(pb.InfoRequest()).runtime == ""
        caller.prepared(f"{workspace}.1", host.file_url("demo"))
        refused = caller.apply(f"{workspace}.1")
        assert refused.state == pb.CONTAINER_FAILED
        assert refused.fault.code == "no_runtime"
    except grpc.RpcError as error:
        raise AssertionError(host.log) from error
    finally:
        caller.close()
        host.stop()
