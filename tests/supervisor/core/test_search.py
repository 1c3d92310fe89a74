"""Searching output by offset."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.core.plain import lines, plain
from supervisor.core.search import BLOCK, LONGEST, SHOWN, Match, Wanted, search

SAID = (
    b"$ make\r\n\x1b[32mCC\x1b[0m main.o\r\nwarning: x\r\n 10%\r 20%\rdone\r\nError: main.o\r\n$ "
)


def found(
    data: bytes, query: str, *, begin: int = 0, block: int = BLOCK, **more: Any
) -> list[Match]:
    """Search what begins at an offset."""
    wanted = Wanted(
        query=query,
        begin=begin,
        **{"before": begin + len(data), **more},
    )
    return list(search(wanted, lambda first, last: data[first - begin : last - begin], block))


def texts(matches: list[Match]) -> list[str]:
    return [one.line for one in matches]


def test_the_newest_comes_first_with_its_lines_offset() -> None:
    first, second = found(SAID, "main.o")
    assert (first.line, first.line[first.start : first.end]) == ("Error: main.o", "main.o")
    assert SAID[first.offset :].startswith(b"Error")
    assert (second.line, SAID[second.offset :][:5]) == ("CC main.o", b"\x1b[32m")


def test_colours_do_not_hide_text_and_progress_is_found() -> None:
    assert texts(found(SAID, "CC main")) == ["CC main.o"]
    assert texts(found(SAID, "%")) == [" 20%", " 10%"]


def test_plain_text_is_no_expression_and_letters_are_equal_unless_asked() -> None:
    assert found(SAID, "m..n") == []
    assert len(found(SAID, "MAIN.O")) == 2
    assert found(SAID, "MAIN.O", case=True) == []
    assert texts(found(SAID, r"^error:\s+\w+", regex=True)) == ["Error: main.o"]


def test_more_are_found_before_the_last_one() -> None:
    (first,) = found(SAID, "main.o", limit=1)
    (second,) = found(SAID, "main.o", limit=1, before=first.offset)
    assert second.offset < first.offset
    assert found(SAID, "main.o", limit=1, before=second.offset) == []


@pytest.mark.parametrize("query", ["(", "a{3,2}", "(?P<x", "(" * 5000])
def test_what_is_no_expression_is_told(query: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        found(SAID, query, regex=True)


def test_a_long_line_is_shown_around_the_match() -> None:
    line = b"a" * 5000 + b"needle" + b"b" * 5000
    (match,) = found(line, "needle")
    assert len(match.line) == SHOWN
    assert match.line[match.start : match.end] == "needle"
    (match,) = found(line, "a+needle", regex=True)
    assert match.end == SHOWN


def test_a_line_without_end_is_searched_in_parts() -> None:
    data = b"x" * (3 * BLOCK) + b"needle"
    (match,) = found(data, "needle")
    assert 0 <= match.offset <= 3 * BLOCK
    assert len(found(b"y" * (LONGEST + 1), "y")) == 2


LINE = st.text(st.sampled_from("ab \x1b[m\b"), max_size=6).map(str.encode)
OUTPUT = st.lists(st.tuples(LINE, st.sampled_from([b"\n", b"\r\n", b"\r", b"\r\r\n"])), max_size=30)


@given(OUTPUT, st.integers(1, 40), st.integers(0, 1000))
def test_blocks_change_nothing(output: list[tuple[bytes, bytes]], block: int, begin: int) -> None:
    data = b"".join(line + end for line, end in output)
    wanted = [(begin + at, plain(line)) for at, line in lines(data) if "a" in plain(line)]
    seen = [(one.offset, one.line) for one in found(data, "a", begin=begin, block=block)]
    assert seen == wanted[::-1]
