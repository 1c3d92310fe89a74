"""Scrollback by offset: what is held is exact, wherever it lies and whatever the disk does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from supervisor.core.scrollback import Scrollback, places

SMALL = {"capacity": 24, "piece": 4, "kept": 4, "most": 16}


def output(begin: int, count: int) -> bytes:
    """What a terminal writes: each byte tells its offset."""
    return bytes((begin + number) % 251 for number in range(count))


class Life(RuleBasedStateMachine):
    """A terminal writes, a disk takes it late, in part or not at all; every byte is checked."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Scrollback(**SMALL)
        self.ring = bytearray(24)
        self.writing: tuple[int, bytes] | None = None

    @rule(count=st.integers(0, 40))
    def write(self, count: int) -> None:
        self.book.append(output(self.book.end, count))

    @precondition(lambda self: self.writing is None)
    @rule()
    def begin_to_store(self) -> None:
        self.writing = self.book.due()

    @precondition(lambda self: self.writing is not None)
    @rule(taken=st.integers(0, 4))
    def store(self, taken: int) -> None:
        assert self.writing is not None
        offset, data = self.writing
        at = 0
        for place, count in places(offset, min(taken, len(data)), 24):
            self.ring[place : place + count] = data[at : at + count]
            at += count
        self.book.wrote(offset, at)
        self.writing = None

    @rule()
    def lose_the_disk(self) -> None:
        self.book.forget()

    @invariant()
    def every_byte_from_begin_to_end_can_be_read(self) -> None:
        book, offset = self.book, self.book.begin
        while offset < book.end:
            data = book.recent(offset, 3)
            if data is None:
                data = b""
                count = book.stored(offset, 3)
                assert count > 0
                for place, part in places(offset, count, 24):
                    data += bytes(self.ring[place : place + part])
            assert data == output(offset, len(data))
            offset += len(data)

    @invariant()
    def memory_is_bounded(self) -> None:
        assert self.book.end - self.book.memory <= 16
        assert self.book.memory <= self.book.written <= self.book.end or self.book.written == 0


TestLife = Life.TestCase


def test_what_was_written_comes_back_from_any_offset() -> None:
    book = Scrollback()
    for part in (b"one ", b"", b"two ", b"three"):
        book.append(part)
    assert book.end == 13
    assert book.recent(0) == b"one two three"
    assert book.recent(4, 3) == b"two"
    assert book.recent(13) == b""


@pytest.mark.parametrize(
    ("wished", "found"), [(0, 0), (7, 7), (13, 13), (14, 0), (10**9, 0), (-1, 12), (-99, 0)]
)
def test_where_reading_begins(wished: int, found: int) -> None:
    book = Scrollback()
    book.append(b"one two three")
    assert book.start(wished) == found


def test_the_oldest_goes_first_and_the_offset_says_so() -> None:
    book = Scrollback(**SMALL)
    book.append(output(0, 20))
    assert (book.begin, book.start(0), book.start(-100)) == (4, 4, 4)
    assert book.recent(3) is None
    assert book.recent(4) == output(4, 16)


def test_a_little_output_never_touches_the_disk() -> None:
    book = Scrollback(**SMALL)
    book.append(output(0, 7))
    assert book.due() is None
    book.append(output(7, 1))
    assert book.due() == (0, output(0, 4))


def test_what_the_disk_has_leaves_memory_but_for_the_newest() -> None:
    book = Scrollback(**SMALL)
    book.append(output(0, 9))
    book.wrote(0, 4)
    assert (book.begin, book.memory, book.stored(0, 99), book.stored(3, 99)) == (0, 4, 4, 1)


def test_a_disk_that_takes_nothing_costs_the_old_and_no_more() -> None:
    book = Scrollback(**SMALL)
    book.append(output(0, 8))
    assert book.due() == (0, output(0, 4))
    book.wrote(0, 4)
    assert book.due() is None
    book.append(output(8, 20))
    assert book.begin == book.memory == 12
    book.wrote(4, 4)  # too late: a hole lies between
    assert (book.begin, book.written) == (12, 12)


@given(st.integers(0, 10**15), st.integers(0, 10**6), st.integers(1, 10**6))
def test_places_follow_each_other(offset: int, count: int, capacity: int) -> None:
    found = list(places(offset, min(count, capacity), capacity))
    assert len(found) <= 2
    assert sum(part for _, part in found) == min(count, capacity)
    assert all(place >= 0 and part > 0 and place + part <= capacity for place, part in found)
