"""A file system without space, or that nothing can be written to: told, and nothing is lost."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import nodehost
from tests.daemon.caller import Caller, eventually
from tests.nodehost import NodeHost
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root
SIZE = 8 * 1024 * 1024
"""Bytes of the file system on which workspaces live."""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeHost]:
    made = nodehost.make_host(tmp_path_factory.mktemp("node"), PODIUM_DISK_LIMITS="off")
    nodehost.make_repository(made)
    large = made.repositories / "demo" / "large"
    large.write_bytes(os.urandom(2 * 1024 * 1024))
    git = ["git", "-C", str(large.parent), "-c", "user.name=Ada", "-c", "user.email=a@b.c"]
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "Large"], check=True)
    disk = [
        "mount",
        "-t",
        "tmpfs",
        "-o",
        f"size={SIZE},mode=700",
        "tmpfs",
        str(made.layout.content),
    ]
    subprocess.run(disk, check=True)
    made.start()
    yield made
    subprocess.run(["umount", "-l", str(made.layout.content)], check=True)
    made.stop()


class Disk:
    """Fills the file system, and frees it."""

    def __init__(self, host: NodeHost) -> None:
        self.folder = Path(host.layout.content)
        self.filler = self.folder / "filler"

    def fill(self, leave: int) -> None:
        """Leave so many bytes."""
        with self.filler.open("wb") as file:
            state = os.statvfs(self.folder)
            file.write(b"x" * max(state.f_bavail * state.f_frsize - leave, 0))

    def free(self) -> None:
        self.filler.unlink(missing_ok=True)

    def remount(self, how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.folder)], check=True)


@pytest.fixture
def disk(host: NodeHost) -> Iterator[Disk]:
    made = Disk(host)
    yield made
    made.remount("rw")
    made.free()


def test_a_clone_into_a_full_disk_is_told_and_works_when_there_is_space(
    caller: Caller, disk: Disk, url: str, workspace: str
) -> None:
    disk.fill(leave=256 * 1024)
    failed = caller.prepared(f"{workspace}.1", url)
    assert (failed.state, failed.fault.code) == (pb.CONTENT_FAILED, "disk_full")
    assert failed.fault.cure
    disk.free()
    ready = caller.prepared(f"{workspace}.2", url)
    assert ready.state == pb.CONTENT_READY
    assert caller.discard(workspace, 2) > 0


def test_a_seal_without_space_is_told_and_works_when_there_is_some(
    caller: Caller, disk: Disk, host: NodeHost, url: str, workspace: str
) -> None:
    assert caller.prepared(f"{workspace}.1", url).state == pb.CONTENT_READY
    before = sorted((Path(host.layout.content) / workspace).rglob("*"))
    disk.fill(leave=0)
    failed = caller.seal(f"{workspace}.1")
    assert (failed.state, failed.fault.code) == (pb.CONTENT_FAILED, "disk_full")
    disk.free()
    eventually(lambda: caller.seal(f"{workspace}.1").state == pb.CONTENT_SEALED)
    assert sorted((Path(host.layout.content) / workspace).rglob("*")) == before
    disk.fill(leave=0)
    refused = caller.prepared(f"{workspace}.2", url, fresh=False)
    assert (refused.state, refused.fault.code) == (pb.CONTENT_FAILED, "disk_full")
    disk.free()
    assert caller.prepared(f"{workspace}.3", url, fresh=False).state == pb.CONTENT_READY
    caller.discard(workspace, 3)


def test_a_folder_that_cannot_be_made_is_told(
    caller: Caller, disk: Disk, url: str, workspace: str
) -> None:
    disk.remount("ro")
    failed = caller.prepared(f"{workspace}.1", url)
    assert (failed.state, failed.fault.code) == (pb.CONTENT_FAILED, "content_failed")
    assert "Read-only file system" in failed.fault.detail
    disk.remount("rw")
    assert caller.prepared(f"{workspace}.2", url).state == pb.CONTENT_READY
    caller.discard(workspace, 2)
