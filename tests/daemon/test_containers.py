import os
import signal
from pathlib import Path

import pytest

from tests import nodehost
from tests.daemon.caller import Caller, inside, lives
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root


def test_a_container_starts_runs_and_ends(caller: Caller, host, running, workspace):
    instance = f"{workspace}.1"
    pid = running()
    assert inside(host, f"{workspace}.1", "hostname").stdout.strip() == workspace
    assert inside(host, f"{workspace}.1", "id -u; id -un 33333").stdout.split() == ["0", "gitpod"]
    again = caller.apply(instance)
    assert (again.state, again.pid) == (pb.CONTAINER_RUNNING, pid)
    caller.deleted(instance)
    assert not lives(pid)
    assert caller.list().containers == []
    assert caller.stub.Delete(pb.DeleteRequest(instance=instance)).state == pb.CONTAINER_ABSENT


def test_nothing_of_a_deleted_instance_is_left(caller: Caller, host, running, workspace):
    instance = f"{workspace}.1"
    running()
    caller.deleted(instance)
    layout = host.layout
    for folder in (layout.instances_run, layout.instances_home, layout.run / "netns"):
        assert not (Path(folder) / instance).exists()
    assert not list(Path("/sys/fs/cgroup").glob(f"*/podium_{layout.tag}/{instance}"))
    assert not list(Path("/sys/class/net").glob(f"pd{layout.tag}*"))
    assert instance not in Path(layout.ranges).read_text()
    assert instance not in Path("/proc/self/mountinfo").read_text()


def test_nothing_but_its_disk_and_the_namespaces_is_mounted_on_the_host(host, running, workspace):
    running()
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    ours = [line for line in mounts if host.layout.tag in line or workspace in line]
    assert {line.split(" - ")[1].split()[0] for line in ours} == {"nsfs", "ext4"}
    assert len(ours) == 3


def test_the_user_can_become_root_inside_and_nothing_outside(host, running, workspace):
    pid = running()
    done = inside(
        host,
        f"{workspace}.1",
        "sudo id -u && sudo touch /usr/made && stat -c %u /usr/made",
        user=33333,
    )
    assert done.stdout.split() == ["0", "0"], done.stderr
    assert int(Path(f"/proc/{pid}/status").read_text().split("Uid:")[1].split()[0]) > 1_000_000_000
    refused = inside(host, f"{workspace}.1", "mount -t tmpfs none /mnt", user=0)
    assert refused.returncode != 0


def test_the_token_is_nowhere_but_on_the_tmpfs(caller: Caller, host, running, workspace):
    pid = running()
    token = "t" * 43
    found = inside(
        host, f"{workspace}.1", "stat -c '%a %u' /run/podium/token; cat /run/podium/token"
    ).stdout.split()
    assert found == ["400", "0", token]
    bundle = Path(host.layout.instances_run) / f"{workspace}.1"
    assert all(token.encode() not in one.read_bytes() for one in bundle.rglob("*") if one.is_file())
    assert token.encode() not in Path(f"/proc/{pid}/environ").read_bytes()
    assert token.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
    assert token not in host.log
    refused = inside(host, f"{workspace}.1", "cat /run/podium/token", user=33333)
    assert refused.returncode != 0


def test_platform_folders_are_read_only(host, running, workspace):
    running()
    for path in ("/.supervisor/x", "/ide/x", "/run/podium/server/x", "/sys/x", "/proc/sys/x"):
        assert inside(host, f"{workspace}.1", f"touch {path}").returncode != 0


RIGHTS = """
for file in kernel/core_pattern vm/drop_caches kernel/hostname; do
    echo x > /proc/sys/$file && echo wrote $file
done
echo b > /proc/sysrq-trigger && echo sysrq
head -c1 /proc/kcore && echo kcore
mknod /tmp/disk b 254 0 && echo mknod
head -c1 /dev/net/tun; echo ran
"""


def test_a_proc_seen_whole_gives_no_rights(host, running, workspace):
    running()
    instance = f"{workspace}.1"
    masked = "grep -E ' /proc/| /sys/firmware' /proc/self/mountinfo | wc -l"
    assert inside(host, instance, masked).stdout.strip() == "0"
    assert inside(host, instance, RIGHTS).stdout.split() == ["ran"]
    nested = f"unshare -Urmpf --mount-proc sh -c '{RIGHTS}'"
    assert inside(host, instance, nested, user=33333).stdout.split() == ["ran"]


def test_the_one_device_makes_networks_of_ones_own_only(host, running, workspace):
    running()
    instance, add = f"{workspace}.1", "ip tuntap add t0 mode tap"
    assert inside(host, instance, add).returncode != 0
    assert inside(host, instance, f"unshare -Urn {add}", user=33333).returncode == 0
    look = "find /dev | while read f; do [ -c $f -o -b $f ] && echo $f; done"
    devices = inside(host, instance, look).stdout.split()
    assert {one for one in devices if not one.startswith("/dev/pts")} == {
        *(f"/dev/{name}" for name in ("null", "zero", "full", "tty", "random", "urandom", "ptmx")),
        "/dev/net/tun",
    }


def test_a_class_without_containers_is_as_strict_as_can_be(tmp_path, workspace):
    host = nodehost.start_daemon(tmp_path, PODIUM_NO_CONTAINERS="small")
    nodehost.make_repository(host)
    caller, instance = Caller(host), f"{workspace}.1"
    try:
        caller.running(instance, host.file_url("demo"))
        masked = "head -c1 /proc/keys | wc -c; ls /sys/firmware | wc -l; ls /dev/net | wc -l"
        assert inside(host, instance, masked).stdout.split() == ["0", "0", "0"]
        refused = inside(host, instance, "echo x > /proc/sys/kernel/hostname")
        assert "Read-only" in refused.stderr
        nested = inside(host, instance, "unshare -Urmpf --mount-proc true", user=33333)
        assert nested.returncode != 0
        caller.deleted(instance, grace=0)
    finally:
        caller.close()
        host.stop()


def test_low_ports_and_ping_need_no_root(host, running, workspace):
    running()
    script = "cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ping_group_range"
    assert inside(host, f"{workspace}.1", script, user=33333).stdout.split() == ["0", "0", "65535"]


def test_a_container_that_ends_by_itself_is_told_with_its_code(caller, running, workspace):
    pid = running()
    os.kill(pid, signal.SIGTERM)
    dead = caller.container(f"{workspace}.1", pb.CONTAINER_EXITED)
    assert dead.exit_code == 7
    assert dead.fault.code == "container_died"
    assert not dead.out_of_memory
    assert caller.apply(f"{workspace}.1").state == pb.CONTAINER_EXITED


def test_a_killed_container(caller, running, workspace):
    os.kill(running(), signal.SIGKILL)
    assert caller.container(f"{workspace}.1", pb.CONTAINER_EXITED).exit_code == 137


def test_one_that_ignores_sigterm_is_killed_after_its_grace(caller, running, workspace):
    pid = running()
    os.kill(pid, signal.SIGSTOP)
    caller.deleted(f"{workspace}.1", grace=0.2)
    assert not lives(pid)


def test_apply_needs_prepared_content(caller, workspace):
    refused = caller.apply(f"{workspace}.1")
    assert refused.state == pb.CONTAINER_FAILED
    assert refused.fault.code == "content_missing"


def test_a_missing_image_is_a_fault_and_not_a_start(caller, url, workspace):
    caller.prepared(f"{workspace}.1", url)
    request = pb.ApplyRequest(
        instance=f"{workspace}.1",
        image="nowhere",
        supervisor="x",
        ide="y",
        workspace_class="small",
        token="t",
    )
    refused = caller.stub.Apply(request)
    assert refused.state == pb.CONTAINER_FAILED
    assert refused.fault.code == "image_missing"


def test_a_runtime_that_fails_is_told(caller, host, url, workspace):
    Path(host.layout.supervisor_bundle("empty")).mkdir()  # pid 1 is not in it
    caller.prepared(f"{workspace}.1", url)
    request = pb.ApplyRequest(
        instance=f"{workspace}.1",
        image=nodehost.IMAGE,
        supervisor="empty",
        ide=nodehost.IDE,
        workspace_class="small",
        token="t",
    )
    caller.stub.Apply(request)
    failed = caller.container(f"{workspace}.1", pb.CONTAINER_FAILED)
    assert failed.fault.code == "start_failed"
    assert failed.fault.detail
    caller.deleted(f"{workspace}.1")
    assert caller.seal(f"{workspace}.1").state == pb.CONTENT_SEALED
    caller.discard(workspace, 1)


def test_deleting_right_after_the_start(caller, url, workspace):
    caller.prepared(f"{workspace}.1", url)
    caller.apply(f"{workspace}.1")
    caller.deleted(f"{workspace}.1")
    assert caller.list().containers == []
