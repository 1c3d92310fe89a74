"""A node that is full itself, on a real file system: no byte is lost that a program was told of."""

import asyncio
import fcntl
import os
import random
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
import structlog

from daemon.host import ext4, loops
from daemon.host.reserves import FILE, Reserves, held_bytes, hold, make
from kit.tasks import Tasks
from tests.daemon.smallnode import FLOOR, MIB, Node, node_in
from tests.waiting import until

pytestmark = pytest.mark.root
DISK = 200 * MIB
NAMES = ("amber-otter-4k2hw9xz1q", "jade-lion-4k2hw9xz1q")
BLOCK = 64 << 10
BLOCK_OF_DISK = 4096
FREEZE, THAW = 0xC004_5877, 0xC004_5878


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
    assert held_bytes(node.disks.place(NAMES[0])) == 0


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
    kept = ext4.kept_of(node.disks.folder(NAMES[0]) / "image")
    assert state.f_bavail == 0
    assert state.f_bfree * state.f_frsize >= kept
    hold(node.disks.place(NAMES[0]), DISK, kept)  # what was counted is gone meanwhile
    state = os.statvfs(node.disks.place(NAMES[0]))
    assert state.f_bfree * state.f_frsize >= kept


def test_what_is_kept_is_given_back_when_it_was_taken_meanwhile(node: Node) -> None:
    node.disks.give(NAMES[0], DISK)
    place, kept = node.disks.place(NAMES[0]), 20 * MIB
    hold(place, DISK, 0)
    assert os.statvfs(place).f_bfree * BLOCK_OF_DISK < kept
    (place / FILE).unlink()
    make(place)
    hold(place, DISK, kept)
    assert kept <= os.statvfs(place).f_bfree * BLOCK_OF_DISK < kept + MIB


def set_aside(path: Path, size: int) -> None:
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)


def test_space_that_was_set_aside_in_a_file_is_the_nodes_too(node: Node) -> None:
    for name in NAMES:
        node.disks.give(name, DISK)
    aside, other = (node.disks.place(name) / "mine" for name in NAMES)
    set_aside(aside, 90 * MIB)
    while node.free() > 40 * MIB:
        node.fill(4 * MIB)
        node.reserves.look()
    data = random.Random(7).randbytes(MIB)  # noqa: S311 - a seeded test
    with aside.open("r+b", buffering=0) as one, other.open("wb", buffering=0) as two:
        for _turn in range(90):
            assert one.write(data) == MIB
        two.write(data)
        os.fsync(two.fileno())
        os.fsync(one.fileno())
    assert other.read_bytes() == data
    assert aside.read_bytes() == 90 * data
    assert node.promised() < node.free()


def test_what_is_set_aside_while_the_node_is_short_is_never_more_than_it_has(node: Node) -> None:
    for name in NAMES:
        node.disks.give(name, DISK)
    node.fill(node.free() - 100 * MIB)
    node.reserves.look()
    for name in NAMES:
        with pytest.raises(OSError, match="No space"):
            set_aside(node.disks.place(name) / "mine", 100 * MIB)
        set_aside(node.disks.place(name) / "mine", 20 * MIB)
    node.reserves.look()
    assert node.promised() < node.free()


def test_a_disk_without_a_file_to_spare_is_kept_back_all_the_same(node: Node) -> None:
    node.disks.give(NAMES[0], 32 * MIB)
    place = node.disks.place(NAMES[0])
    with suppress(OSError):
        for number in range(1 << 20):
            (place / str(number)).touch()
    assert os.statvfs(place).f_favail == 0
    node.fill(node.free() - 8 * MIB)
    node.reserves.look()
    assert held_bytes(place) > 8 * MIB


def test_a_disk_that_does_not_answer_holds_up_no_other(node: Node) -> None:
    node.disks.give(NAMES[0], DISK)
    folder = os.open(node.disks.place(NAMES[0]), os.O_RDONLY)
    fcntl.ioctl(folder, FREEZE, 0)  # whoever writes waits
    try:
        node.fill(node.free() - 60 * MIB)
        looks = threading.Thread(target=node.reserves.look, daemon=True)
        looks.start()
        comes = threading.Thread(target=node.disks.give, args=(NAMES[1], DISK), daemon=True)
        comes.start()
        until(lambda: not comes.is_alive() and not looks.is_alive())
        node.reserves.look()
        assert node.reserves.held()[NAMES[1]] > 100 * MIB
    finally:
        fcntl.ioctl(folder, THAW, 0)
        os.close(folder)


def test_a_disk_that_grows_and_one_that_takes_its_place_are_kept_back_anew(node: Node) -> None:
    for name in NAMES:
        node.disks.give(name, DISK // 2)
    node.fill(node.free() - 40 * MIB)
    node.reserves.look()
    node.disks.grow(NAMES[0], DISK)
    assert os.statvfs(node.disks.place(NAMES[0])).f_blocks * BLOCK_OF_DISK > DISK // 2
    node.reserves.look()
    assert node.promised() < node.free()
    node.disks.exchange(*NAMES)
    for name in NAMES:
        node.disks.mount(name)
        assert node.promised() < node.free()


def test_one_that_was_killed_meanwhile_is_gone_on_from(node: Node) -> None:
    node.disks.give(NAMES[0], DISK)
    place = node.disks.place(NAMES[0])
    hold(place, 50 * MIB, 0)
    node.fill(node.free() - 40 * MIB)
    Reserves(node.disks, node.place / "disks", FLOOR).look()
    assert held_bytes(place) > 100 * MIB
    assert node.promised() < node.free()


def test_a_disk_that_is_broken_is_told_once(node: Node) -> None:
    node.disks.give(NAMES[0], DISK)
    place = node.disks.place(NAMES[0])
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)
    node.fill(node.free() - 40 * MIB)
    with structlog.testing.capture_logs() as said:
        node.reserves.look()
        node.reserves.look()
    assert [one["event"] for one in said] == ["disk_not_looked_at"]


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
