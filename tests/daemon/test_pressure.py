"""A file system of its own that is short: caches go in their order, and whoever asks is told."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.core.faults import BackupFailed
from daemon.core.pressure import Cache, Floor
from daemon.pressure import Giving, Pressure
from wire.noderoom import decoded

pytestmark = pytest.mark.root
MIB = 1 << 20
SIZE = 64 * MIB
FLOOR = Floor(MIB, 100)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MiB."""
    image, place = tmp_path / "image", tmp_path / "disk"
    place.mkdir()
    image.touch()
    os.truncate(image, SIZE)
    subprocess.run(["mkfs.ext4", "-q", "-m0", image], check=True)
    subprocess.run(["mount", "-o", "loop", image, place], check=True)
    yield place
    subprocess.run(["umount", "-l", place], check=True)


class Node:
    def __init__(self, folder: Path, disk: Path) -> None:
        self.folder = folder
        self.disk = disk
        self.given: list[Cache] = []
        self.now = 7.0
        self.told = folder / "room.json"
        self.pressure = Pressure([disk, folder], FLOOR, lambda: self.now, self.told)

    def cache(self, kind: Cache, size: int, place: Path | None = None) -> Giving:
        file = (place or self.disk) / kind.value
        if size:
            file.write_bytes(os.urandom(size))

        async def give_up() -> None:
            self.given.append(kind)
            file.unlink(missing_ok=True)

        return Giving(place or self.disk, give_up)

    def fill(self, leave: int) -> None:
        found = os.statvfs(self.disk)
        with (self.disk / "content").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, found.f_bavail * found.f_frsize - leave)


async def test_caches_go_in_order_until_there_is_enough(tmp_path: Path, disk: Path) -> None:
    node = Node(tmp_path, disk)
    node.pressure.gives(
        {
            Cache.IMAGES: node.cache(Cache.IMAGES, 4 * MIB),
            Cache.MIRRORS: node.cache(Cache.MIRRORS, 4 * MIB),
            Cache.LEFTOVERS: node.cache(Cache.LEFTOVERS, 0),
            Cache.SPARE: node.cache(Cache.SPARE, MIB, tmp_path),
        }
    )
    assert await node.pressure.look() == []
    assert node.given == []
    node.fill(leave=MIB // 4)
    content = (disk / "content").stat().st_size
    assert await node.pressure.refuses() is None
    assert node.given == [Cache.LEFTOVERS, Cache.MIRRORS]
    assert (disk / "images").exists()
    assert (tmp_path / "spare").exists()
    assert (disk / "content").stat().st_size == content
    told = decoded(node.told.read_bytes())
    assert told is not None
    assert [one.short for one in told.places] == ["", ""]
    assert [(one.cache, one.at) for one in told.given] == [("mirrors", 7.0)]
    assert told.given[0].freed >= 4 * MIB


async def test_a_disk_that_stays_short_refuses_copies_and_tells(tmp_path: Path, disk: Path) -> None:
    node = Node(tmp_path, disk)
    node.pressure.gives({Cache.IMAGES: node.cache(Cache.IMAGES, 4096)})
    node.fill(leave=MIB // 4)
    refused = await node.pressure.refuses()
    assert refused is not None
    assert (refused.code, str(disk) in refused.detail) == ("disk_short", True)
    with pytest.raises(BackupFailed):
        await node.pressure.demand()
    told = decoded(node.told.read_bytes())
    assert told is not None
    assert str(disk) in told.places[0].short
    (disk / "content").unlink()
    assert await node.pressure.refuses() is None
    await node.pressure.demand()
    await node.pressure.look()
    again = decoded(node.told.read_bytes())
    assert again is not None
    assert again.places[0].short == ""


@pytest.mark.parametrize("error", [OSError(5, "I/O error"), RuntimeError("changed meanwhile")])
async def test_a_cache_that_cannot_go_holds_up_no_other(
    tmp_path: Path, disk: Path, error: Exception
) -> None:
    node = Node(tmp_path, disk)

    async def broken() -> None:
        raise error

    images = node.cache(Cache.IMAGES, 4 * MIB)
    gone = Giving(tmp_path / "none", broken)
    node.pressure.gives(
        {Cache.LEFTOVERS: Giving(disk, broken), Cache.SPARE: gone, Cache.IMAGES: images}
    )
    node.fill(leave=MIB // 4)
    assert await node.pressure.look() == []
    assert node.given == [Cache.IMAGES]
