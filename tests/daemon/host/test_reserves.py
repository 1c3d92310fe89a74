"""A node that is full itself, on a real file system: no byte is lost that a program was told of."""

import asyncio
import os
import random
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from daemon.host import loops
from daemon.host.disks import Disks
from daemon.host.reserves import FILE, Reserves, held_bytes
from kit.tasks import Tasks
from tests.waiting import until

pytestmark = pytest.mark.root
MIB = 1 << 20
NODE = 300 * MIB
DISK = 200 * MIB
NAMES = ("amber-otter-4k2hw9xz1q", "jade-lion-4k2hw9xz1q")
BLOCK = 64 << 10
FLOOR = 6 * MIB


class Node:
    """A small file system, with disks that may hold more than it has."""

    def __init__(self, folder: Path) -> None:
        self.place = folder
        (folder / "content").mkdir()
        self.disks = Disks(folder / "disks", folder / "content")
        self.disks.open()
        assert self.disks.reason == ""
        self.reserves = Reserves(self.disks, folder / "disks", FLOOR)

    def free(self) -> int:
        state = os.statvfs(self.place)
        return state.f_bavail * state.f_frsize

    def promised(self) -> int:
        states = [os.statvfs(self.disks.place(name)) for name in self.disks.on_host()]
        return sum(one.f_bfree * one.f_frsize for one in states)

    def fill(self, size: int) -> None:
        """Take so much more of the node, from outside of all disks."""
        with (self.place / "filler").open("ab") as file:
            os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size)


@contextmanager
def node_in(folder: Path) -> Iterator[Node]:
    image, place = folder / "image", folder / "node"
    place.mkdir()
    image.touch()
    os.truncate(image, NODE)
    subprocess.run(["mkfs.ext4", "-q", "-m0", image], check=True)
    subprocess.run(["mount", "-o", "loop,discard", image, place], check=True)
    made = Node(place)
    try:
        yield made
    finally:
        made.disks.close()
        subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with node_in(tmp_path) as made:
        yield made


def block(seed: int, number: int) -> bytes:
    return random.Random(f"{seed} {number}").randbytes(BLOCK)  # noqa: S311 - a seeded test


class Writer(threading.Thread):
    """Writes without a sync, and counts what it was told went well; ends when it is refused."""

    def __init__(self, path: Path, seed: int) -> None:
        super().__init__()
        self.path = path
        self.seed = seed
        self.written = 0
        self.why = ""

    def run(self) -> None:
        with self.path.open("wb", buffering=0) as file:
            while not self.why:
                data = block(self.seed, self.written // BLOCK)
                try:
                    self.written += file.write(data)
                except OSError as error:
                    self.why = str(error.strerror)
                else:
                    if self.written % BLOCK:
                        self.why = "No space left on device"

    def kept(self) -> bool:
        """Tell whether every byte is there, and nothing else."""
        blocks = range(-(-self.written // BLOCK))
        expected = b"".join(block(self.seed, one) for one in blocks)[: self.written]
        return self.path.read_bytes() == expected


def gone(image: Path) -> bool:
    return not loops.has(image)


def round_of(node: Node, seed: int) -> None:
    """Fill the node from two disks and from outside at once; look at every byte afterwards."""
    chance = random.Random(seed)  # noqa: S311 - a seeded test
    for name in NAMES:
        node.disks.give(name, DISK)
    outside = chance.randrange(60, 200) * MIB
    writers = [Writer(node.disks.place(name) / "mine", seed + n) for n, name in enumerate(NAMES)]
    for one in writers:
        one.start()
    while any(one.is_alive() for one in writers) or outside:
        step = min(chance.randrange(1, 5) * MIB // 2, outside)
        if step and node.free() > step + FLOOR:
            node.fill(step)
            outside -= step
        elif not any(one.is_alive() for one in writers):
            outside = 0
        node.reserves.look()
    assert [one.why for one in writers] == ["No space left on device"] * 2
    for name in NAMES:  # what is only in memory is gone
        image = node.disks.folder(name) / "image"
        node.disks.release(name)
        until(partial(gone, image))
        subprocess.run(["e2fsck", "-fn", image], check=True)
        node.disks.mount(name)
    assert all(one.written and one.kept() for one in writers)
    (node.place / "filler").unlink(missing_ok=True)
    for name in NAMES:
        node.disks.throw_away(name)


def test_a_reserve_takes_of_the_disk_and_nothing_of_the_node(node: Node) -> None:
    node.disks.give(NAMES[0], DISK)
    used, before = node.disks.used_bytes(NAMES[0]), node.promised()
    node.fill(node.free() - 40 * MIB)
    node.reserves.look()
    os.sync()
    assert node.reserves.held() == {NAMES[0]: held_bytes(node.disks.place(NAMES[0]))}
    assert before - node.promised() > 120 * MIB
    assert node.disks.used_bytes(NAMES[0]) - used < MIB
    (node.place / "filler").unlink()
    node.reserves.look()
    assert node.promised() == before
    assert not (node.disks.place(NAMES[0]) / FILE).exists()


def test_a_disk_that_is_mounted_promises_no_more_than_there_is(node: Node) -> None:
    for name in NAMES:
        node.disks.give(name, DISK)
        assert node.promised() < node.free()
    node.disks.release(NAMES[0])
    node.reserves.look()
    node.disks.mount(NAMES[0])
    assert node.promised() < node.free()


def test_what_others_have_is_never_taken_from_the_supervisor(node: Node) -> None:
    node.disks.give(NAMES[0], DISK)
    node.fill(node.free() - MIB)
    node.reserves.look()
    state = os.statvfs(node.disks.place(NAMES[0]))
    assert state.f_bavail == 0
    assert state.f_bfree > 0


async def test_it_looks_by_itself_and_tells_what_it_keeps_back(node: Node) -> None:
    node.disks.give(NAMES[0], DISK)
    node.fill(node.free() - 40 * MIB)
    told = asyncio.Queue[Mapping[str, int]]()
    loop = asyncio.get_running_loop()

    def tell(held: Mapping[str, int]) -> None:
        loop.call_soon_threadsafe(told.put_nowait, held)

    tasks = Tasks()
    tasks.spawn(node.reserves.run(tell), "reserves")
    assert (await told.get())[NAMES[0]] > 100 * MIB
    await tasks.close()


def test_a_node_that_is_full_refuses_and_loses_nothing(node: Node) -> None:
    round_of(node, 1)


@pytest.mark.torture
def test_a_node_that_is_full_loses_nothing_in_many_rounds(tmp_path: Path) -> None:
    for seed in range(40):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with node_in(folder) as node:
            round_of(node, seed)
