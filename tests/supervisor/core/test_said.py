"""Lines of the log, out of what terminals and programs wrote."""

import pytest

from supervisor.core.said import LONGEST, MOST, Said, plain


def texts(said: Said) -> list[str]:
    return [one.text for one in said.lines]


def test_a_line_counts_when_it_is_complete():
    said = Said()
    said.feed("a", b"one\ntw", 1.0)
    said.feed("b", b"other\n", 2.0)
    said.feed("a", b"o\n", 3.0)
    assert [(one.at, one.source, one.text) for one in said.lines] == [
        (1.0, "a", "one"),
        (2.0, "b", "other"),
        (3.0, "a", "two"),
    ]
    assert said.version == 3
    said.feed("a", b"rest", 4.0)
    said.end("a", 5.0)
    assert texts(said)[-1] == "rest"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("\x1b[1;32mok\x1b[0m done", "ok done"),
        ("\x1b]0;title\x07$ ls", "$ ls"),
        ("\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("10 %\r50 %\r100 %\r", "100 %"),
        ("abx\b \bc", "abc"),
        ("a\tb", "a   b"),
        ("\x1b(B\x1b[mplain\x00\u202e", "plain"),
        ("\x1b[?2004h", ""),
        ("x" * 1000, "x" * (LONGEST - 1) + "…"),
    ],
)
def test_a_line_is_what_one_saw_last(line: str, shown: str):
    assert plain(line) == shown


def test_it_stays_small():
    said = Said()
    said.feed("a", b"x\n" * 10_000, 1.0)
    assert len(said.lines) == MOST
    said.feed("a", b"y" * 1_000_000, 1.0)
    said.feed("a", b"\n", 1.0)
    assert len(said.lines[-1].text) == LONGEST


def test_who_writes_much_drives_nobody_out():
    said = Said()
    said.feed("checkout", b"Switched to branch 'main'\n", 1.0)
    for number in range(5):
        said.feed(f"task {number}", b"x\n" * 10_000, 2.0 + number)
    assert said.lines[0].text == "Switched to branch 'main'"
    assert len(said.lines) <= MOST


def test_bytes_that_are_no_text_do_no_harm():
    said = Said()
    said.feed("a", b"\xff\xfe\n\n   \n", 1.0)
    assert texts(said) == ["\ufffd\ufffd"]
