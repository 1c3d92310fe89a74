import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imagebuilds.ansi import MOST_LINES, Run, lines_of


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        (b"", []),
        (b"one\r\ntwo\r\n", [[Run("", "one")], [Run("", "two")]]),
        (b"\x1b[31mred\x1b[0m plain", [[Run("red", "red"), Run("", " plain")]]),
        (
            b"\x1b[1;32mok\nstill\x1b[22m\x1b[39m!",
            [[Run("bold green", "ok")], [Run("bold green", "still"), Run("", "!")]],
        ),
        (b"\x1b[2mPodium\x1b[0m", [[Run("dim", "Podium")]]),
        (b"10 %\r55 %\r100 %\r\n", [[Run("", "100 %")]]),
        (b"\x1b[2K\x1b]0;title\x07\x1b(Btext\x07", [[Run("", "Btext")]]),
        (b"\x1b[38;5;31mx", [[Run("", "x")]]),
        (b"<b>&", [[Run("", "<b>&")]]),
    ],
)
def test_output_is_lines_of_coloured_text(output: bytes, lines: list[list[Run]]):
    assert lines_of(output, whole=True) == lines


def test_only_the_end_of_a_long_log_is_shown():
    found = lines_of(b"".join(b"%d\n" % n for n in range(1000)), whole=True)
    assert len(found) == MOST_LINES
    assert found[-1] == [Run("", "999")]
    assert lines_of(b"cut\nwhole\n", whole=False) == [[Run("", "whole")]]


@given(st.binary())
def test_any_output_is_shown_without_control_characters(output: bytes):
    for line in lines_of(output, whole=True):
        assert not [one for run in line for one in run.text if ord(one) < 32 and one != "\t"]
