"""Histories on a disk, on a full one, and on one that fills up: every byte, and nobody waits."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from supervisor.core.scrollback import CAPACITY, MOST, PIECE
from supervisor.host.history import History
from supervisor.host.processes import Account
from supervisor.host.rings import FileRing, FullRing
from tests.waiting import until

PROMISED = 10_000_000
Make = Callable[[], History]


def output(count: int, begin: int = 0) -> bytes:
    """Lines that tell where they stand."""
    made = b"".join(b"%015d\n" % at for at in range(begin // 16, (begin + count) // 16 + 1))
    return made[begin % 16 : begin % 16 + count]


async def put(history: History, count: int, piece: int = 50_000) -> None:
    """Write as a terminal does, which waits for the disk where that makes sense."""
    end = history.end + count
    while history.end < end:
        history.append(output(min(piece, end - history.end), history.end))
        await until(lambda: not history.holds(), pause=0.001)


async def everything(history: History, offset: int = 0, limit: int = 65536) -> tuple[int, bytes]:
    first, found = await history.read(offset, limit)
    begin = first
    while len(found) < history.end - begin:
        first, data = await history.read(begin + len(found), limit)
        assert first == begin + len(found), "a hole"
        found += data
    return begin, found


@pytest.fixture
async def on_disk(account: Account, tmp_path: Path) -> AsyncIterator[History]:
    made = History(FileRing(str(tmp_path / "kept"), account), "one")
    yield made
    made.close()
    await until(lambda: made.file()[0] == -1)


async def test_ten_megabytes_come_back_as_they_were(on_disk):
    await put(on_disk, 40_000_000)
    await until(lambda: on_disk.book.due() is None)
    begin, found = await everything(on_disk)
    assert begin <= on_disk.end - PROMISED
    assert hashlib.sha256(found).digest() == hashlib.sha256(output(len(found), begin)).digest()
    assert len(on_disk.since(0)[1]) < MOST


async def test_the_file_has_no_name_and_a_bound(on_disk, tmp_path):
    await put(on_disk, 30_000_000)
    await until(lambda: on_disk.book.due() is None)
    assert list((tmp_path / "kept").iterdir()) == []
    size = Path(f"/proc/self/fd/{on_disk.file()[0]}").stat().st_size
    assert PROMISED < size <= CAPACITY


async def test_a_little_never_becomes_a_file(on_disk, tmp_path):
    await put(on_disk, PIECE)
    assert (on_disk.file(), (tmp_path / "kept").exists()) == ((-1, 0), False)
    assert await on_disk.read(5, 10) == (5, output(10, 5))
    assert await on_disk.read(on_disk.end, 10) == (on_disk.end, b"")


async def test_who_reads_while_it_is_overwritten_gets_right_bytes_or_a_later_offset(on_disk):
    offset, seen = 0, 0
    for _ in range(200):
        await put(on_disk, 400_000)
        for _ in range(8 if offset < on_disk.begin + 10**6 else 30):  # now slower, now faster
            first, data = await on_disk.read(offset, 20_000)
            assert first >= offset
            assert data == output(len(data), first)
            offset, seen = first + len(data), seen + len(data)
    assert seen >= 2 * PROMISED


@pytest.mark.parametrize("room", [0, PIECE, 20 * PIECE])
async def test_a_full_disk_costs_the_old_and_keeps_the_new(account, tmp_path, capsys, room):
    ring = FullRing(FileRing(str(tmp_path), account), room)
    history = History(ring, "one", rest=0)
    await put(history, 9_000_000)
    begin, found = await everything(history)
    assert found == output(len(found), begin)
    assert MOST - 2 * PIECE <= len(found) <= MOST + room
    assert '"scrollback_not_stored"' in capsys.readouterr().err
    ring.room = 10**9  # there is space again
    await put(history, 9_000_000)
    await until(lambda: history.book.due() is None)
    begin, found = await everything(history)
    assert found == output(len(found), begin)
    assert len(found) >= 9_000_000
    history.close()


async def test_a_disk_that_failed_is_left_alone_for_a_while(account, tmp_path, capsys):
    history = History(FullRing(FileRing(str(tmp_path), account), 4 * PIECE), "one", rest=3600)
    await put(history, 9_000_000)
    assert capsys.readouterr().err.count("scrollback_not_stored") == 1
    assert history.file()[0] == -1
    history.close()


async def test_a_folder_that_cannot_be_made_is_a_full_disk(account, tmp_path, capsys):
    (tmp_path / "file").touch()
    history = History(FileRing(str(tmp_path / "file" / "kept"), account), "one")
    await put(history, 3_000_000)
    begin, found = await everything(history)
    assert found == output(len(found), begin)
    history.close()


async def test_a_file_that_somebody_cut_is_none(on_disk):
    await put(on_disk, 5_000_000)
    await until(lambda: on_disk.book.due() is None)
    os.truncate(f"/proc/self/fd/{on_disk.file()[0]}", 0)
    begin, found = await everything(on_disk)
    assert begin > 0
    assert found == output(len(found), begin)


async def test_a_reader_that_leaves_does_not_close_under_the_thread(on_disk):
    await put(on_disk, 5_000_000)
    await until(lambda: on_disk.book.due() is None)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await on_disk.read(0, 65536)
    on_disk.close()
    assert (await on_disk.read(0, 10))[0] == on_disk.book.memory
