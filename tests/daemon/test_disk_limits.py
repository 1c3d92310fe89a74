"""What a workspace can write is what its class allows, and a full one starts all the same."""

import os
from pathlib import Path

import pytest

from daemon.host.disks import Disks
from tests.daemon.caller import Caller, inside
from tests.daemon.test_backups import backed_up, restored
from tests.daemon.test_snapshots import frozen, let_go
from tests.disks import none_left
from tests.nodehost import NodeHost
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root
GIB = 1 << 30


def allocate(host: NodeHost, instance: str, path: str, size: str, user: int = 33333) -> str:
    """Take so much of the disk at once; returns what the system says against it."""
    done = inside(host, instance, f"fallocate -l {size} {path}", user=user)
    return done.stderr.strip().rpartition(": ")[2]


def test_files_home_and_system_of_a_workspace_share_one_limit(
    caller: Caller, host: NodeHost, url: str, workspace: str
) -> None:
    instance = f"{workspace}.1"
    assert caller.prepared(instance, url, workspace_class="small").state == pb.CONTENT_READY
    caller.started(instance)
    assert allocate(host, instance, "/workspace/some", "4G") == ""
    assert allocate(host, instance, "/home/gitpod/more", "9G") == ""
    assert allocate(host, instance, "/var/tmp/most", "5G") == ""
    full = "No space left on device"
    assert allocate(host, instance, "/workspace/over", "2500M") == full
    assert allocate(host, instance, "/var/tmp/over", "2500M", user=0) == full
    seen = inside(host, instance, "df -B1 --output=size /workspace /home/gitpod / | tail -n3")
    assert all(18 * GIB < int(one) < 20 * GIB for one in seen.stdout.split())
    caller.deleted(instance, grace=0)
    caller.discard(workspace, 1)


def test_a_larger_class_makes_the_disk_larger(
    caller: Caller, host: NodeHost, url: str, workspace: str
) -> None:
    instance = f"{workspace}.1"
    caller.prepared(instance, url, workspace_class="small")
    caller.started(instance, "large")
    size = inside(host, instance, "df -B1 --output=size /workspace | tail -n1")
    assert int(size.stdout) > 45 * GIB
    caller.deleted(instance, grace=0)
    caller.discard(workspace, 1)


def test_a_full_workspace_starts_and_its_first_process_can_write(
    caller: Caller, host: NodeHost, url: str, workspace: str
) -> None:
    caller.prepared(f"{workspace}.1", url, workspace_class="small")
    caller.started(f"{workspace}.1")
    fill = "fallocate -l 60G /workspace/full; while echo x >> /workspace/last; do :; done"
    inside(host, f"{workspace}.1", fill, user=33333)
    free = inside(host, f"{workspace}.1", "df -B1 --output=avail /workspace | tail -n1", user=33333)
    assert int(free.stdout) == 0
    assert inside(host, f"{workspace}.1", "echo x > /workspace/.podium/diary").returncode == 0
    caller.deleted(f"{workspace}.1", grace=0)
    assert caller.seal(f"{workspace}.1").state == pb.CONTENT_SEALED
    assert caller.prepared(f"{workspace}.2", url, fresh=False).state == pb.CONTENT_READY
    assert caller.started(f"{workspace}.2").state == pb.CONTAINER_RUNNING
    seen = inside(host, f"{workspace}.2", "du -s --block-size=1G /workspace | cut -f1", user=33333)
    assert int(seen.stdout) >= 17
    assert inside(host, f"{workspace}.2", "cat /workspace/.podium/diary").stdout == "x\n"
    free = "rm /workspace/full && echo y > /workspace/y"
    assert inside(host, f"{workspace}.2", free, user=33333).returncode == 0
    caller.deleted(f"{workspace}.2", grace=0)
    caller.discard(workspace, 2)


def test_disks_outlive_the_daemon_and_leave_nothing(
    caller: Caller, host: NodeHost, url: str, workspace: str
) -> None:
    caller.prepared(f"{workspace}.1", url)
    caller.started(f"{workspace}.1")
    content, disks = Path(host.layout.content), Path(host.layout.disks)
    host.kill()
    inside(host, f"{workspace}.1", "echo meanwhile > /workspace/meanwhile")
    host.start()
    assert (content / workspace / "workspace" / "meanwhile").read_text() == "meanwhile\n"
    assert host.terminate() == 0
    assert not os.path.ismount(content / workspace)
    inside(host, f"{workspace}.1", "echo away > /workspace/away")
    host.start()
    assert (content / workspace / "workspace" / "away").read_text() == "away\n"
    caller.deleted(f"{workspace}.1", grace=0)
    assert caller.seal(f"{workspace}.1").state == pb.CONTENT_SEALED
    assert caller.prepared(f"{workspace}.2", url, fresh=False).state == pb.CONTENT_READY
    assert (content / workspace / "workspace" / "away").read_text() == "away\n"
    assert caller.discard(workspace, 2) > 0
    assert not (content / workspace).exists()
    assert not (disks / workspace).exists()
    none_left(disks / workspace)


def test_a_stopped_workspaces_disk_is_mounted_while_it_is_read_and_no_longer(
    caller: Caller, host: NodeHost, url: str, workspace: str
) -> None:
    first, place = f"{workspace}.1", Path(host.layout.content) / workspace

    def stays_away() -> bool:
        return not place.exists()

    assert caller.prepared(first, url).state == pb.CONTENT_READY
    assert place.is_mount()
    assert caller.seal(first).state == pb.CONTENT_SEALED
    assert stays_away()
    made = backed_up(caller, first, "p1")
    assert (made.state, stays_away()) == (pb.BACKUP_DONE, True), made
    assert frozen(caller, first, "s1").state == pb.FROZEN_DONE
    assert stays_away()
    restored_to = restored(caller, first, "w1", workspace, "p1")
    assert (restored_to.state, stays_away()) == (pb.CONTENT_SEALED, True), restored_to
    stale = caller.prepare(f"{workspace}.2", url, fresh=False, left=7)
    assert (stale.fault.code, stays_away()) == ("content_stale", True)

    host.kill()  # with somebody in the middle of reading it
    Disks(Path(host.layout.disks), Path(host.layout.content)).mount(workspace)
    host.start()
    assert stays_away()
    assert caller.prepared(f"{workspace}.3", url, fresh=False).state == pb.CONTENT_READY
    assert (place / "workspace" / "demo" / ".git").is_dir()
    caller.discard(workspace, 3)
    assert stays_away()
    let_go(caller, "s1")
    caller.stub.Drop(pb.DropRequest(workspace=workspace, n=9))
