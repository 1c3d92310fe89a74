"""A terminal's history: what a viewer missed, exactly, or honestly less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.core.scrollback import Scrollback

CHUNKS = st.lists(st.binary(max_size=20), max_size=30)


@given(CHUNKS, st.integers(1, 40), st.integers(-5, 700))
def test_the_answer_is_what_follows_the_offset(chunks, capacity, offset):
    history, everything = Scrollback(capacity), b"".join(chunks)
    for chunk in chunks:
        history.append(chunk)
    assert history.end == len(everything)
    assert history.end - history.begin == min(capacity, len(everything))
    start, data = history.since(offset)
    assert data == everything[start:]
    assert start == (offset if history.begin <= offset <= history.end else history.begin)


@given(CHUNKS, CHUNKS)
def test_two_reads_with_the_offset_between_them_lose_and_repeat_nothing(first, second):
    history = Scrollback(10_000)
    for chunk in first:
        history.append(chunk)
    start, seen = history.since(0)
    for chunk in second:
        history.append(chunk)
    resumed, rest = history.since(start + len(seen))
    assert resumed == len(seen)
    assert seen + rest == b"".join([*first, *second])


@pytest.mark.parametrize("offset", [-1, 3, 10**9])
def test_an_offset_that_means_nothing_here_gets_everything_held(offset):
    history = Scrollback(4)
    history.append(b"0123456789")
    assert history.since(offset) == (6, b"6789")


def test_one_large_output_is_cut_to_the_capacity():
    history = Scrollback(3)
    history.append(b"abcdef")
    assert history.since(0) == (3, b"def")
