"""Disks are mounted while somebody needs them, whatever comes at the same time."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from daemon.core.content import Record
from daemon.host.disks import Disks
from daemon.host.holding import Holding
from kit.tasks import Tasks

pytestmark = pytest.mark.root
NAME = "amber-otter-4k2hw9xz1q"
OPEN = Record(workspace=NAME, opened=1, folder="demo", revision="a" * 40, branch="main")


class Ground:
    """One disk with a file on it, of a workspace that is stopped."""

    def __init__(self, folder: Path) -> None:
        (folder / "content").mkdir()
        self.disks = Disks(folder / "disks", folder / "content")
        self.disks.open()
        self.disks.give(NAME, 64 << 20)
        self.place = self.disks.place(NAME)
        self.file = self.place / "file"
        self.file.write_text("kept")
        self.record = structs.replace(OPEN, sealed=1)
        self.holding = Holding(self.disks, lambda _name: self.record)


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    made = Ground(tmp_path)
    yield made
    made.disks.close()


async def test_a_closed_disk_is_mounted_while_it_is_held(ground: Ground) -> None:
    ground.holding.settle(NAME)
    assert not ground.place.exists()
    async with ground.holding.hold(NAME):
        async with ground.holding.hold(NAME):
            assert ground.file.read_text() == "kept"
        assert ground.file.read_text() == "kept"
    assert not ground.place.exists()


async def test_an_open_disk_stays_when_a_hold_ends_and_goes_when_it_was_closed(
    ground: Ground,
) -> None:
    ground.record = OPEN
    async with ground.holding.hold(NAME):
        pass
    assert ground.file.read_text() == "kept"
    async with ground.holding.hold(NAME):
        ground.record = structs.replace(OPEN, sealed=1)
        ground.holding.settle(NAME)
        assert ground.file.read_text() == "kept"
    assert not ground.place.exists()


async def test_whoever_is_cancelled_holds_nothing(ground: Ground) -> None:
    ground.holding.settle(NAME)
    begun, held = asyncio.Event(), asyncio.Event()

    async def reader() -> None:
        begun.set()
        async with ground.holding.hold(NAME):
            held.set()
            await asyncio.Event().wait()

    tasks = Tasks()
    early, late = tasks.spawn(reader(), "early"), tasks.spawn(reader(), "late")
    await begun.wait()
    early.cancel()
    await asyncio.wait([early])
    await held.wait()
    assert ground.file.read_text() == "kept"
    late.cancel()
    await asyncio.wait([late])
    assert not ground.place.exists()


async def test_many_readers_come_and_go(ground: Ground) -> None:
    async def reader() -> None:
        for _turn in range(5):
            async with ground.holding.hold(NAME):
                assert await asyncio.to_thread(ground.file.read_text) == "kept"

    await asyncio.gather(*(reader() for _one in range(4)))
    assert not ground.place.exists()


async def test_a_disk_that_is_broken_is_told_and_held_by_nobody(ground: Ground) -> None:
    ground.holding.settle(NAME)
    image = ground.disks.folder(NAME) / "image"
    with image.open("r+b") as file:
        file.write(b"\0" * 8192)
    with pytest.raises(OSError, match=r"."):
        async with ground.holding.hold(NAME):
            raise AssertionError("nobody comes here")
    assert not ground.place.is_mount()


def test_what_a_killed_daemon_has_left_mounted_goes_unless_it_is_open(ground: Ground) -> None:
    ground.record = OPEN
    ground.holding.open()
    assert ground.place.is_mount()
    ground.record = structs.replace(OPEN, sealed=1)
    ground.holding.open()
    assert not ground.place.exists()


def test_what_a_daemon_that_ended_in_order_has_unmounted_is_taken_up(ground: Ground) -> None:
    ground.disks.close()
    assert not ground.place.exists()
    ground.holding.take_up([NAME, "no-disk"])
    assert ground.file.read_text() == "kept"
    ground.disks.close()
    image = ground.disks.folder(NAME) / "image"
    image.write_bytes(b"broken")
    ground.holding.take_up([NAME])
    assert not ground.place.is_mount()


async def test_a_folder_is_nobodys_to_mount(ground: Ground) -> None:
    async with ground.holding.hold("birch-lynx-4k2hw9xz1q"):
        pass
    assert not ground.disks.place("birch-lynx-4k2hw9xz1q").exists()
