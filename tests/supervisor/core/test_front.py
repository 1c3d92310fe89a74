"""Titles of terminals."""

import pytest

from supervisor.core.front import LONGEST, one_line, process_name, title


@pytest.mark.parametrize(
    ("given", "process", "wanted"),
    [("", "bash", "bash"), ("Tests", "npm", "Tests: npm"), ("Tests", "", "Tests"), ("", "", "")],
)
def test_a_given_title_stands_before_the_process(given: str, process: str, wanted: str) -> None:
    assert title(given, process) == wanted


@pytest.mark.parametrize(
    ("comm", "line", "wanted"),
    [
        ("bash", b"-bash\0", "bash"),
        ("npm run dev", b"npm run dev", "npm run dev"),
        (
            "a-program-whose",
            b"/opt/a-program-whose-name-is-long\0--x\0",
            "a-program-whose-name-is-long",
        ),
        ("a-program-whose", b"python3\0/opt/x\0", "a-program-whose"),
        ("sleep", b"", "sleep"),
        ("ev\x1bil\n", b"", "evil"),
    ],
)
def test_a_process_has_the_name_that_people_know(comm: str, line: bytes, wanted: str) -> None:
    assert process_name(comm, line) == wanted


def test_a_text_becomes_one_line() -> None:
    assert one_line(" a\tb\nc ") == "abc"
    assert len(one_line("x" * 500)) == LONGEST
