"""Output as plain lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.core.plain import lines, plain


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b"plain", "plain"),
        (b"\x1b[1;31mred\x1b[0m and \x1b[38;2;1;2;3mmore", "red and more"),
        (b"\x1b]0;a title\x07$ ls", "$ ls"),
        (b"\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        (b"\x1b[?2004h\x1b(B\x1b=x\x1b7y", "xy"),
        (b"\x1bP1$r0m\x1b\\z", "z"),
        (b"tab\there\x07", "tab\there"),
        ("grün 🐘".encode(), "grün 🐘"),
        (b"half \xf0\x9f", "half \ufffd"),
        (b"Helloo\bWorld", "HelloWorld"),
        (b"\b\bab\b\bc", "c"),
        (b"\x1b", ""),
        (b"\x1b[", ""),
        (b"", ""),
    ],
)
def test_what_is_no_text_goes(sent: bytes, text: str) -> None:
    assert plain(sent) == text


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        (b"", []),
        (b"one", [(0, b"one")]),
        (b"one\r\ntwo\n\nfour", [(0, b"one"), (5, b"two"), (9, b""), (10, b"four")]),
        (b"A\rB\rC\n", [(0, b"A"), (2, b"B"), (4, b"C")]),
        (b"x\r\r\ny\r", [(0, b"x"), (4, b"y")]),
        (b"\r\rz", [(0, b""), (2, b"z")]),
    ],
)
def test_lines_end_as_a_terminal_shows_them(sent: bytes, found: list[tuple[int, bytes]]) -> None:
    assert list(lines(sent)) == found


@given(st.binary(max_size=200))
def test_anything_can_be_read(data: bytes) -> None:
    for begin, line in lines(data):
        assert data[begin : begin + len(line)] == line
        assert "\x1b" not in plain(line)
        assert "\x08" not in plain(line)
