"""Both runtimes do the same; which one is used is decided by a trial start."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.core import oci
from daemon.host import runtimes
from daemon.host.runtimes import OciRuntime
from tests import nodehost
from tests.daemon.caller import Caller, inside, lives
from wire.proto import node_pb2 as pb

BROKEN = "#!/bin/sh\necho 'this machine is not to my taste' >&2\nexit 1\n"


@pytest.fixture(scope="module", params=["crun", "runc"])
def host(request, tmp_path_factory) -> Iterator[nodehost.NodeHost]:
    folder = tmp_path_factory.mktemp("node")
    programs = folder / "programs"
    programs.mkdir()
    for name in {"crun", "runc"} - {request.param}:
        (programs / name).write_text(BROKEN)
        (programs / name).chmod(0o755)
    made = nodehost.start_daemon(folder, PATH=f"{programs}:{os.environ['PATH']}")
    nodehost.make_repository(made)
    made.wanted = request.param
    yield made
    made.stop()


@pytest.mark.root
def test_a_runtime_that_refuses_is_passed_over(caller: Caller, host):
    version = caller.stub.Info(pb.InfoRequest()).runtime
    assert version.split()[0] == host.wanted
    assert version.split()[1][0].isdigit()
    if host.wanted == "runc":
        assert "not to my taste" in host.log


@pytest.mark.root
def test_the_same_container_from_both(caller: Caller, host, running, workspace):
    pid, instance = running(), f"{workspace}.1"
    script = (
        "id -u; sudo id -u; cat /proc/1/comm; hostname; ls /sys/class/net | sort; "
        "grep Seccomp: /proc/1/status; git -C /workspace/demo log --format=%s"
    )
    seen = inside(host, instance, script, user=33333)
    assert seen.stdout.split() == [
        "33333", "0", "python3", workspace, "eth0", "lo", "Seccomp:", "2", "First",
    ], seen.stderr  # fmt: skip
    capabilities = inside(host, instance, "grep CapBnd /proc/1/status").stdout.split()[1]
    assert int(capabilities, 16).bit_count() == len(oci.CAPABILITIES)
    assert inside(host, instance, "mount -t tmpfs none /mnt").returncode != 0
    assert inside(host, instance, "tty < /dev/ptmx; test -c /dev/ptmx").returncode == 0
    mounts = inside(host, instance, "cat /proc/self/mountinfo").stdout
    for target in ("/workspace", "/home/gitpod"):
        line = next(one for one in mounts.splitlines() if one.split()[4] == target)
        assert {"nosuid", "nodev"} <= set(line.split()[5].split(","))
    files = inside(host, instance, "grep 'open files' /proc/1/limits").stdout.split()
    assert int(files[3]) == runtimes.open_files()
    host.kill()
    host.start()
    assert caller.container(instance, pb.CONTAINER_RUNNING).pid == pid
    caller.deleted(instance)
    assert not lives(pid)


@pytest.mark.root
def test_limits_are_in_the_cgroup(host, running, workspace):
    running()
    groups = Path("/sys/fs/cgroup").glob(f"**/podium_{host.layout.tag}/{workspace}.1")
    text = {}
    for group in groups:
        for name in (
            "memory.max",
            "memory.limit_in_bytes",
            "pids.max",
            "cpu.cfs_quota_us",
            "cpu.max",
        ):
            if (group / name).exists():
                text[name] = (group / name).read_text().split()[0]
    assert (text.get("memory.max") or text["memory.limit_in_bytes"]) == str(2 << 30)
    assert text["pids.max"] == "1024"
    assert (text.get("cpu.max") or text["cpu.cfs_quota_us"]) == "100000"


@pytest.mark.root
def test_the_hosts_null_device_stays_roots(host, running):
    running()
    assert Path("/dev/null").stat().st_uid == 0


def test_a_command_tells_everything_by_absolute_paths(tmp_path):
    runtime = OciRuntime("crun", "/usr/bin/crun", "crun 1", tmp_path / "crun", ())
    command = runtime.run_command(tmp_path, tmp_path / "pid", tmp_path / "log", "w.1")
    assert command[0] == "/usr/bin/crun"
    assert command[-6:] == [
        "--detach", "--bundle", str(tmp_path), "--pid-file", str(tmp_path / "pid"), "w.1",
    ]  # fmt: skip


def test_what_a_runtime_said_last(tmp_path):
    log, output = tmp_path / "log", tmp_path / "output"
    assert runtimes.explain(log, output) == "the runtime ended without a word"
    output.write_text("exec failed\n")
    assert runtimes.explain(log, output) == "exec failed"
    log.write_text(
        json.dumps({"msg": "cannot", "level": "error"})
        + "\n"
        + json.dumps({"msg": "odd", "level": "warning"})
        + "\n"
    )
    assert runtimes.explain(log, output) == "cannot"


def test_the_filter_of_this_machine_refuses_by_default():
    for containers in (False, True):
        loaded = runtimes.load_seccomp(containers=containers)
        assert loaded["defaultAction"] == "SCMP_ACT_ERRNO"
        assert any("setns" in one["names"] for one in loaded["syscalls"])


def test_a_trial_root_has_the_hosts_programs(tmp_path):
    shown = runtimes.make_trial_root(tmp_path / "root")
    assert shown["/usr"] == Path("/usr")
    assert (tmp_path / "root" / "proc").is_dir()
    assert runtimes.make_trial_root(tmp_path / "root") == shown
