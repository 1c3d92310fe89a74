"""A real, small and really full file system: what is deleted frees it, and nothing else goes."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from secrets import token_bytes

import pytest

from daemon.core.fencing import Fence
from daemon.host.disks import Disks
from daemon.host.trees import Trees
from tests import nodehost
from tests.daemon.caller import Caller
from tests.daemon.test_backups import backed_up, repository, restored
from tests.daemon.test_disk_full import Disk
from tests.nodehost import NodeHost
from wire.ids import workspace_id_from
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root
SIZE = 128 << 20
"""Bytes of it; content and restore points share them, as on one disk."""


def mounted(folder: Path) -> Path:
    """Make a file system in a file, and mount it."""
    image, place = folder / "image", folder / "shared"
    image.touch()
    os.truncate(image, SIZE)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", str(image)], check=True)
    place.mkdir()
    subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=True)
    return place


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeHost]:
    made = nodehost.make_host(tmp_path_factory.mktemp("node"), PODIUM_DISK_LIMITS="off")
    nodehost.make_repository(made)
    folder = Path(made.layout.home).parent
    shared = mounted(folder)
    places = [Path(made.layout.content), Path(made.layout.backups)]
    for one in places:
        (shared / one.name).mkdir(mode=0o700)
        one.mkdir(exist_ok=True)
        subprocess.run(["mount", "--bind", str(shared / one.name), str(one)], check=True)
    made.start()
    yield made
    made.stop()
    for one in (*places, shared):
        subprocess.run(["umount", "-l", str(one)], check=True)


@pytest.fixture
def disk(host: NodeHost) -> Iterator[Disk]:
    made = Disk(host)
    yield made
    made.free()


@pytest.fixture
def other() -> str:
    return workspace_id_from(token_bytes(16))


def full(filler: Path) -> None:
    """Take every block and every byte of the last one, also those that are kept for root."""
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while file.write(b"x" * size):
                    continue
            except OSError:
                continue
        os.fsync(file)


def test_what_is_deleted_on_a_full_disk_frees_it_and_what_is_not_stays(
    caller: Caller, disk: Disk, host: NodeHost, url: str, workspace: str, other: str
) -> None:
    content = Path(host.layout.content)
    for one, size in ((workspace, 12 << 20), (other, 2 << 20)):
        assert caller.prepared(f"{one}.1", url).state == pb.CONTENT_READY
        file = content / one / "workspace" / "demo" / "mine"
        file.write_bytes(os.urandom(size))
        assert backed_up(caller, f"{one}.1", "p1").state == pb.BACKUP_DONE
        file.write_bytes(os.urandom(size))
        assert caller.seal(f"{one}.1").state == pb.CONTENT_SEALED
    kept = (content / other / "workspace" / "demo" / "mine").read_bytes()
    full(disk.filler)

    failed = backed_up(caller, f"{workspace}.1", "p2")
    assert (failed.state, failed.fault.code) == (pb.BACKUP_FAILED, "disk_full_backup"), failed
    assert (content / workspace / "workspace" / "demo" / "mine").exists()
    assert caller.discard(workspace, 1) > 12 << 20  # as whoever gives up its files does
    assert not (content / workspace).exists()
    assert (content / other / "workspace" / "demo" / "mine").read_bytes() == kept

    assert backed_up(caller, f"{other}.1", "p2").state == pb.BACKUP_DONE
    points = caller.stub.Points(pb.PointsRequest(repository=repository(workspace)))
    assert [one.point for one in points.points] == ["p1"]
    full(disk.filler)
    assert caller.stub.Drop(pb.DropRequest(workspace=workspace, n=2)).freed_bytes > 12 << 20
    disk.free()
    assert restored(caller, f"{other}.2", "w1", other, "p2").state == pb.CONTENT_SEALED
    assert (content / other / "workspace" / "demo" / "mine").read_bytes() == kept
    caller.discard(other, 2)


def test_the_last_number_of_what_is_deleted_is_kept_where_no_byte_is_left(
    tmp_path: Path, workspace: str
) -> None:
    place = mounted(tmp_path)
    try:
        trees = Trees(place / "content", Disks(place / "disks", place / "content"))
        trees.open(limited=False)
        trees.keep_fence(workspace, Fence(9))
        deep = place / "content" / workspace / "a" / "b"
        deep.mkdir(parents=True)
        (deep / "empty").mkdir()
        (deep / "file").write_bytes(os.urandom(4 << 20))
        full(place / "filler")
        with pytest.raises(OSError, match="No space left"):
            trees.keep_fence(workspace, Fence(10))
        trees.keep_last_fence(workspace, Fence(10))
        assert trees.fence(workspace) == Fence(10)
        assert trees.discard(workspace) > 4 << 20
        trees.keep_fence(workspace, Fence(11))
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
