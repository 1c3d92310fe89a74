"""A node that dies and comes back: containers live on, and are found again."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from daemon.host import cgroups
from tests import nodehost
from tests.daemon.caller import Caller, eventually, inside, listens, lives
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


def test_containers_outlive_a_killed_daemon(caller: Caller, host, running, workspace):
    instance, pid = f"{workspace}.1", running()
    inside(host, instance, "touch /tmp/mark")
    host.kill()
    assert lives(pid)
    host.start()
    found = caller.list().containers[0]
    assert (found.instance, found.state, found.pid) == (instance, pb.CONTAINER_RUNNING, pid)
    assert caller.apply(instance).pid == pid
    assert inside(host, instance, "ls /tmp/mark").returncode == 0
    eventually(lambda: listens(host.dial_socket, instance, 3000))
    curl = "curl -s -m 3 -o /dev/null http://127.0.0.1:3000/ && echo ok"
    assert inside(host, instance, curl).stdout == "ok\n"


def test_a_death_after_readoption_is_seen(caller: Caller, host, running, workspace):
    pid = running()
    host.kill()
    host.start()
    os.kill(pid, signal.SIGKILL)
    dead = caller.container(f"{workspace}.1", pb.CONTAINER_EXITED)
    assert (dead.exit_code, dead.fault.code) == (-1, "container_died")


def test_a_death_while_no_daemon_runs_is_seen(caller: Caller, host, running, workspace):
    pid = running()
    host.kill()
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not lives(pid))
    host.start()
    assert caller.container(f"{workspace}.1", pb.CONTAINER_EXITED).exit_code == -1


def test_a_pid_that_is_another_process_now_is_not_adopted(caller, host, running, workspace):
    pid = running()
    state = Path(host.layout.instances_run) / f"{workspace}.1" / "state.json"
    host.kill()
    written = json.loads(state.read_text())
    state.write_text(json.dumps(written | {"pid": os.getpid()}))
    host.start()
    assert caller.container(f"{workspace}.1", pb.CONTAINER_EXITED).fault.code == "container_died"
    caller.deleted(f"{workspace}.1", grace=0)
    assert not lives(pid)


def test_a_half_made_instance_is_cleared(caller: Caller, host, running, workspace):
    pid = running()
    state = Path(host.layout.instances_run) / f"{workspace}.1" / "state.json"
    host.kill()
    state.write_text(json.dumps(json.loads(state.read_text()) | {"pid": 0}))
    host.start()
    caller.container(f"{workspace}.1", pb.CONTAINER_ABSENT)
    assert not lives(pid)
    assert not state.parent.exists()
    again = caller.started(f"{workspace}.1")
    assert again.state == pb.CONTAINER_RUNNING


def test_a_damaged_state_file_counts_as_half_made(caller: Caller, host, running, workspace):
    pid = running()
    host.kill()
    (Path(host.layout.instances_run) / f"{workspace}.1" / "state.json").write_text("{")
    host.start()
    caller.container(f"{workspace}.1", pb.CONTAINER_ABSENT)
    assert not lives(pid)


def test_orphans_are_swept_at_the_start(caller: Caller, host, url, workspace):
    caller.prepared(f"{workspace}.1", url)
    group = next(Path("/sys/fs/cgroup").glob(f"*/podium_{host.layout.tag}"), None)
    group = group or Path(f"/sys/fs/cgroup/podium_{host.layout.tag}")
    (group / "orphan").mkdir()
    layer = Path(host.layout.instances_home) / "orphan"
    layer.mkdir()
    assert list(Path("/sys/class/net").glob(f"pd{host.layout.tag}*"))
    host.kill()
    host.start()
    assert not (group / "orphan").exists()
    assert not layer.exists()
    assert not list(Path("/sys/class/net").glob(f"pd{host.layout.tag}*"))
    assert workspace not in Path(host.layout.ranges).read_text()
    assert caller.started(f"{workspace}.1").state == pb.CONTAINER_RUNNING
    caller.deleted(f"{workspace}.1", grace=0)


def test_a_newer_instance_ends_an_older_one(caller: Caller, host, running, url, workspace):
    pid = running()
    newer = caller.prepared(f"{workspace}.2", url, fresh=False)
    assert (newer.instance, newer.state) == (f"{workspace}.2", pb.CONTENT_READY)
    assert not lives(pid)


def test_what_the_node_says_of_itself(caller: Caller, host):
    info = caller.stub.Info(pb.InfoRequest())
    assert info.runtime.split()[0] in {"crun", "runc"}
    kinds = ("cpu", "memory", "pids", "disk")
    told = dict(info.limits)
    assert told.pop("io") == cgroups.io_told()  # which not every kernel can
    assert told == dict.fromkeys(kinds, "enforced")
    assert json.loads(Path(host.layout.limits).read_text()) == dict(info.limits)
    host.kill()
    host.start()
    assert caller.stub.Info(pb.InfoRequest()).boot != info.boot


def test_sigterm_ends_the_daemon_and_leaves_containers(caller: Caller, host, running, workspace):
    pid = running()
    assert host.terminate() == 0
    assert lives(pid)
    host.start()
    assert caller.list().containers[0].pid == pid


def test_a_workspace_without_memory_dies_of_it(caller: Caller, host, running, workspace):
    running()
    assert nodehost.IMAGE
    script = "python3 -c 'x = bytearray(3 << 30)'; echo code $?"
    assert "code 137" in inside(host, f"{workspace}.1", script, timeout=60).stdout
    state = caller.list().containers[0]
    os.kill(state.pid, signal.SIGKILL)
    dead = caller.container(f"{workspace}.1", pb.CONTAINER_EXITED)
    assert dead.out_of_memory
    assert dead.fault.code == "out_of_memory"


FORK = """
import os, signal
n = 0
try:
    while n < 3000:
        if os.fork() == 0:
            os.closerange(0, 3)
            signal.pause()
            os._exit(0)
        n += 1
except BlockingIOError:
    pass
print(n)
"""


def test_a_fork_bomb_meets_the_limit(host, running, workspace):
    running()
    done = inside(host, f"{workspace}.1", f"python3 -c '{FORK}'", timeout=60)
    assert 900 < int(done.stdout) < 1024


def traces(host: nodehost.NodeHost) -> list[str]:
    """What of the installation is on the host: its nft table and its control groups."""
    mark = f"podium_{host.layout.tag}"
    tables = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True)
    groups = [str(one) for one in Path("/sys/fs/cgroup").glob(f"**/{mark}")]
    return [line for line in tables.stdout.splitlines() if line.endswith(mark)] + groups


def test_the_last_daemon_leaves_nothing_on_the_host(tmp_path):
    host = nodehost.start_daemon(tmp_path)
    try:
        assert traces(host)
        assert host.terminate() == 0
        assert not traces(host)
    finally:
        host.stop()


def test_a_daemon_that_ends_leaves_what_its_containers_need(host, running):
    pid = running()
    assert host.terminate() == 0
    assert lives(pid)
    assert traces(host)
    host.start()
