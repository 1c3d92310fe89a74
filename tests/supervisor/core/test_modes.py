"""What is switched on at an offset."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.core.modes import MOST, Switches


def fed(*pieces: bytes) -> Switches:
    made = Switches()
    for piece in pieces:
        made.feed(piece)
    return made


@pytest.mark.parametrize(
    ("said", "on"),
    [
        (b"plain", ""),
        (b"\x1b[?1049h", "\x1b[?1049h"),
        (b"\x1b[?1049h\x1b[?1049l", ""),
        (b"\x1b[?1000;1006h", "\x1b[?1000h\x1b[?1006h"),
        (b"\x1b=", "\x1b[?66h"),
        (b"\x1b=\x1b>", ""),
        (b"\x1b[?2004h\x1bc", ""),
        (b"\x1b[?25l\x1b[1h\x1b[?;;h", ""),
    ],
)
def test_what_is_on_is_said_again(said: bytes, on: str) -> None:
    assert fed(said).at(len(said)) == on


def test_each_offset_has_its_own() -> None:
    switches = fed(b"$ vim\r\n", b"\x1b[?1049h", b"text", b"\x1b[?1049l", b"$ ")
    assert switches.at(0) == switches.at(14) == ""
    assert switches.at(15) == switches.at(19) == switches.at(26) == "\x1b[?1049h"
    assert switches.at(27) == switches.at(10**9) == ""


def test_a_painted_screen_is_known() -> None:
    assert fed(b"\x1b[?47h").painted
    assert not fed(b"\x1b[?2004h").painted


def test_memory_is_bounded() -> None:
    switches = fed(b"\x1b[?1049h", b"\x1b[?2004h\x1b[?2004l" * MOST)
    assert len(switches._offsets) == len(switches._states) == MOST
    assert switches.at(0) == "\x1b[?1049h\x1b[?2004h"  # the oldest that is known


SAID = st.lists(
    st.sampled_from([b"\x1b", b"[?", b"1049", b"2004", b";", b"h", b"l", b"=", b"c", b"x" * 70]),
    max_size=30,
).map(b"".join)


@given(SAID, st.lists(st.integers(0, 400), max_size=8))
def test_how_it_is_split_changes_nothing(said: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(said)) for cut in cuts), len(said)]
    pieces = [said[begin:end] for begin, end in pairwise(places)]
    whole, split = fed(said), fed(*pieces)
    for offset in range(len(said) + 1):
        assert split.at(offset) == whole.at(offset)
    assert split.painted == whole.painted
