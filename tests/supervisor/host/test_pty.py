"""Our end of a pseudo-terminal: bounded turns, input in order, reading that can be held."""

import os
import signal
import tty
from collections.abc import Iterator
from contextlib import suppress

import pytest

from supervisor.host.foreground import Front
from supervisor.host.pty import MOST_INPUT, READ_SIZE, Pty, open_pty
from tests.waiting import until


class Ends:
    """Both ends; what ours was given."""

    def __init__(self) -> None:
        self.master, self.slave = open_pty((90, 30))
        tty.setraw(self.slave)
        self.pieces: list[bytes] = []
        self.over = 0
        self.held = False
        self.pty = Pty(self.master, self.pieces.append, self._end, lambda: self.held)

    def _end(self) -> None:
        self.over += 1

    @property
    def said(self) -> bytes:
        return b"".join(self.pieces)


@pytest.fixture
async def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    made.pty.close()
    os.close(made.slave)


async def test_it_begins_with_its_size_and_takes_another(ends):
    assert os.get_terminal_size(ends.slave) == (90, 30)
    ends.pty.resize((100, 40))
    assert os.get_terminal_size(ends.slave) == (100, 40)


async def test_what_is_written_comes_in_bounded_pieces(ends):
    os.set_blocking(ends.slave, False)
    data, left = bytes(range(256)) * 4000, bytearray(bytes(range(256)) * 4000)

    def write() -> bool:
        with suppress(BlockingIOError):
            del left[: os.write(ends.slave, left)]
        return not left

    await until(write, pause=0)
    await until(lambda: len(ends.said) == len(data))
    assert ends.said == data
    assert max(map(len, ends.pieces)) <= 2 * READ_SIZE


async def test_held_output_stays_where_it_is(ends):
    ends.held = True
    os.write(ends.slave, b"one ")
    await until(lambda: ends.pty.held)
    os.write(ends.slave, b"two")
    assert ends.said == b"one "
    ends.held = False
    await until(lambda: ends.said == b"one two")
    assert not ends.pty.held


async def test_much_input_waits_in_order_and_says_so(ends):
    data = b"".join(b"%08d" % number for number in range(300_000))
    ends.pty.write(data)
    assert not ends.pty._room.is_set()
    os.set_blocking(ends.slave, False)
    found = bytearray()

    def take() -> bool:
        with suppress(BlockingIOError):
            found.extend(os.read(ends.slave, READ_SIZE))
        return len(found) >= len(data) - MOST_INPUT // 2

    await until(take, pause=0)
    await ends.pty.room()
    assert data.startswith(bytes(found))


async def test_its_end_is_told_once_and_nothing_hurts_afterwards(ends):
    ends.pty.close()
    ends.pty.close()
    ends.pty.write(b"x")
    ends.pty.resize((1, 1))
    ends.pty.signal_front(signal.SIGTERM)
    assert (ends.over, ends.pty.closed, ends.pty.front(os.getpid())) == (1, True, Front())
    await ends.pty.room()


async def test_nobody_in_front_gets_no_signal(ends):
    ends.pty.signal_front(signal.SIGKILL)
    assert ends.pty.front(os.getpid()).pid == os.getpid()


async def test_a_repaint_is_two_sizes(ends):
    ends.pty.repaint((90, 30))
    ends.pty.resize((90, 30))
    assert os.get_terminal_size(ends.slave) == (90, 29)
    os.write(ends.slave, b"painted")
    await until(lambda: os.get_terminal_size(ends.slave) == (90, 30))
    ends.pty.repaint((90, 1))
    assert os.get_terminal_size(ends.slave) == (90, 2)
    os.write(ends.slave, b"painted")
    await until(lambda: os.get_terminal_size(ends.slave) == (90, 1))


async def test_who_does_not_paint_gets_its_size_back_too(ends):
    ends.pty.repaint((90, 30))
    await until(lambda: os.get_terminal_size(ends.slave) == (90, 30))


async def test_another_size_ends_a_repaint(ends):
    ends.pty.repaint((90, 30))
    ends.pty.resize((100, 40))
    assert os.get_terminal_size(ends.slave) == (100, 40)
    os.write(ends.slave, b"painted")
    await until(lambda: ends.said == b"painted")
    ends.pty.repaint((100, 40))
    os.write(ends.slave, b"again")
    await until(lambda: os.get_terminal_size(ends.slave) == (100, 40))
