"""Workspaces that were folders before stay so beside those with disks, and the other way round."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import disks, nodehost
from tests.daemon.caller import Caller, inside
from tests.daemon.test_backups import backed_up, restored
from tests.daemon.test_snapshots import frozen, let_go
from tests.nodehost import NodeHost
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root
TOLD = "workspace/kept"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[NodeHost]:
    started = nodehost.start_daemon(tmp_path)
    nodehost.make_repository(started)
    yield started
    started.stop()


def switch(host: NodeHost, setting: str, *, killed: bool = False) -> None:
    """Let another daemon, with that setting, follow the one that serves."""
    if killed:
        host.kill()
    else:
        assert host.terminate() == 0
    host.environment["PODIUM_DISK_LIMITS"] = setting
    host.start()


def image(host: NodeHost, workspace: str) -> Path:
    return Path(host.layout.disks) / workspace / "image"


def stopped_with(caller: Caller, instance: str, words: str) -> None:
    """Write something in a workspace that runs, and stop it."""
    assert inside(caller.host, instance, f"echo {words} > /{TOLD}").returncode == 0
    caller.deleted(instance, grace=0)
    assert caller.seal(instance).state == pb.CONTENT_SEALED


def read(host: NodeHost, workspace: str) -> str:
    with disks.shown(host.layout, workspace) as files:
        return (files / TOLD).read_text().strip()


def test_folders_go_on_as_folders_when_new_workspaces_get_disks(
    host: NodeHost, caller: Caller, url: str, workspace: str
) -> None:
    switch(host, "off")
    assert caller.stub.Info(pb.InfoRequest()).limits["disk"] == "PODIUM_DISK_LIMITS is off"
    caller.running(f"{workspace}.1", url)
    folder = Path(host.layout.content) / workspace
    assert not image(host, workspace).exists()

    switch(host, "on", killed=True)
    assert caller.stub.Info(pb.InfoRequest()).limits["disk"] == "enforced"
    stopped_with(caller, f"{workspace}.1", "before")
    assert backed_up(caller, f"{workspace}.1", "p1").state == pb.BACKUP_DONE
    assert frozen(caller, f"{workspace}.1", "s1").state == pb.FROZEN_DONE
    caller.prepared(f"{workspace}.2", url, fresh=False)
    assert caller.started(f"{workspace}.2").state == pb.CONTAINER_RUNNING
    assert not image(host, workspace).exists()
    assert not folder.is_mount()
    stopped_with(caller, f"{workspace}.2", "after")
    assert read(host, workspace) == "after"

    beside = workspace[:-1] + ("0" if workspace[-1] != "0" else "1")
    status = caller.prepared(f"{beside}.1", url, snapshot="s1")
    assert status.state == pb.CONTENT_READY, status
    assert (Path(host.layout.content) / beside).is_mount()
    assert caller.started(f"{beside}.1").state == pb.CONTAINER_RUNNING
    assert inside(host, f"{beside}.1", f"cat /{TOLD}").stdout == "before\n"
    caller.deleted(f"{beside}.1", grace=0)

    came = restored(caller, f"{workspace}.2", "w1", workspace, "p1")
    assert came.state == pb.CONTENT_SEALED, came
    assert image(host, workspace).exists(), "what is restored begins anew, on a disk"
    assert not folder.exists()
    assert read(host, workspace) == "before"
    caller.prepared(f"{workspace}.3", url, fresh=False)
    assert caller.started(f"{workspace}.3").state == pb.CONTAINER_RUNNING
    caller.deleted(f"{workspace}.3", grace=0)
    for one, n in ((workspace, 3), (beside, 1)):
        caller.discard(one, n)
        assert not image(host, one).exists()
        assert not (Path(host.layout.content) / one).exists()
    let_go(caller, "s1")


def test_a_disk_goes_on_as_a_disk_when_new_workspaces_are_folders(
    host: NodeHost, caller: Caller, url: str, workspace: str
) -> None:
    caller.running(f"{workspace}.1", url)
    place = Path(host.layout.content) / workspace

    switch(host, "off", killed=True)
    assert place.is_mount()
    stopped_with(caller, f"{workspace}.1", "before")
    assert not place.exists()
    assert backed_up(caller, f"{workspace}.1", "p1").state == pb.BACKUP_DONE
    assert frozen(caller, f"{workspace}.1", "s1").state == pb.FROZEN_DONE
    assert not place.exists()
    caller.prepared(f"{workspace}.2", url, fresh=False)
    assert caller.started(f"{workspace}.2").state == pb.CONTAINER_RUNNING
    stopped_with(caller, f"{workspace}.2", "after")

    beside = workspace[:-1] + ("0" if workspace[-1] != "0" else "1")
    status = caller.prepared(f"{beside}.1", url, snapshot="s1")
    assert status.state == pb.CONTENT_READY, status
    assert not image(host, beside).exists()
    assert caller.started(f"{beside}.1").state == pb.CONTAINER_RUNNING
    assert inside(host, f"{beside}.1", f"cat /{TOLD}").stdout == "before\n"
    caller.deleted(f"{beside}.1", grace=0)

    came = restored(caller, f"{workspace}.2", "w1", workspace, "p1")
    assert came.state == pb.CONTENT_SEALED, came
    assert image(host, workspace).exists(), "who has a disk keeps one"
    assert not place.exists()
    assert read(host, workspace) == "before"
    for one, n in ((workspace, 2), (beside, 1)):
        caller.discard(one, n)
        assert not image(host, one).exists()
        assert not (Path(host.layout.content) / one).exists()
    let_go(caller, "s1")
