"""On a repository's disk without a byte left, what nobody needs any more can still go."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from daemon.backups import Backups
from daemon.host.ballast import Ballast
from daemon.host.disks import Disks
from daemon.host.trees import Trees
from daemon.hub import Hub
from kit.tasks import Tasks
from tests.daemon.restics import KEY, Place

pytestmark = pytest.mark.root
MIB = 1 << 20
SIZE = 4096 * MIB


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system on which the repositories lie."""
    image, place = tmp_path / "image", tmp_path / "node"
    place.mkdir()
    image.touch()
    os.truncate(image, SIZE)
    subprocess.run(["mkfs.ext4", "-q", "-m0", image], check=True)
    subprocess.run(["mount", "-o", "loop", image, place], check=True)
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(disk: Path) -> None:
    """Leave no block, not even one of root's."""
    found = os.statvfs(disk)
    with (disk / "filler").open("wb", buffering=0) as file:
        os.posix_fallocate(file.fileno(), 0, found.f_bavail * found.f_frsize - 64 * MIB)
        file.seek(0, os.SEEK_END)
        for size in (MIB, 4096):
            with suppress(OSError):
                while file.write(b"x" * size):
                    continue


async def test_points_are_taken_out_of_a_full_disk(tmp_path: Path, disk: Path) -> None:
    place, tasks = Place(disk), Tasks()
    place.repositories.open()
    ballast = disk / "backups" / ".ballast"
    assert ballast.stat().st_blocks * 512 == 64 * MIB
    trees = Trees(tmp_path / "content", Disks(tmp_path / "disks", tmp_path / "content"))
    backups = Backups(place.repositories, trees, Hub(), tasks)
    try:
        for point in ("p1", "p2"):
            (place.tree / "file").write_bytes(os.urandom(20 * MIB))
            await place.backup(point)
        fill(disk)
        with pytest.raises(OSError, match="No space left"):
            (disk / "more").write_bytes(b"x" * 8192)
        assert await backups.forget(KEY, ["p1"]) > 15 * MIB
        left, _size = await backups.reading.points(KEY)
        assert [one.point for one in left] == ["p2"]
        answer = await place.run("unreadable")
        assert answer["unreadable"] == []
        (disk / "filler").unlink()
        place.repositories.ballast.keep()
        assert ballast.exists()
    finally:
        await tasks.close()
        place.close()


async def test_it_is_given_up_only_for_want_of_space_and_never_fills_a_disk(disk: Path) -> None:
    ballast = Ballast(disk / ".ballast", 4 * MIB)
    ballast.keep()
    ballast.keep()
    kept = (disk / ".ballast").stat().st_ino
    async with ballast.given_up() as short:
        assert short is None
        assert (disk / ".ballast").stat().st_ino == kept
    fill(disk)
    async with ballast.given_up() as short:
        assert short == 2 * MIB
        assert not (disk / ".ballast").exists()
        async with ballast.given_up() as another:
            assert another == 0  # what is free now is the first one's
        (disk / "needed").write_bytes(b"x" * MIB)
    assert not (disk / ".ballast").exists()
    async with ballast.given_up() as short:
        assert short == 0
    (disk / "filler").unlink()
    ballast.keep()
    assert (disk / ".ballast").exists()
