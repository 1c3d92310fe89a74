"""OO: the command line inside a workspace."""

from collections.abc import Callable

import pytest

from supervisor.cli.client import NotServed
from supervisor.cli.editor import reachable
from supervisor.cli.env import pairs
from supervisor.cli.trailer import with_trailer
from supervisor.core.said import Said

WORKSPACE = {"GITPOD_WORKSPACE_URL": "https://workspace-url"}
TRAILER = "Tool: gitpod/gitpod.io\n"


def refusal(word: str) -> str:
    try:
        pairs([word])
    except NotServed as error:
        return str(error)
    return ""


def lines(*pieces: bytes) -> list[str]:
    said = Said()
    for one in pieces:
        said.feed("task", one, 0.0)
    return [one.text for one in said.lines]


ROWS: dict[str, Callable[[], bool]] = {
    "OO1": lambda: (
        [refusal(one) for one in ("", "K", "=value", 'key=""')]
        == [
            "empty string (correct format is key=value)",
            "K has no equal character (correct format is K=some_value)",
            "variable must have a name",
            "variable must have a value; use -u to unset a variable",
        ]
    ),
    "OO3": lambda: (
        [
            reachable(one, WORKSPACE)
            for one in (
                *("localhost", "localhost:1234"),
                *("http://localhost", "https://127.0.0.1:1234"),
            )
        ]
        == [
            *("80-workspace-url", "1234-workspace-url"),
            *("https://80-workspace-url", "https://1234-workspace-url"),
        ]
    ),
    "OO5": lambda: (
        lines(b"Hello\r\nWorld\r\n") == ["Hello", "World"]
        and lines(b"Helloo\bWorld\n") == ["HelloWorld"]
        and lines("é".encode()[:1], "é".encode()[1:] + b"\n") == ["é"]
    ),
    "OO7": lambda: (
        with_trailer("Initial commit", "gitpod.io") == f"Initial commit\n\n{TRAILER}"
        and with_trailer(f"Initial commit\n\n{TRAILER}", "gitpod.io").count(TRAILER) == 1
        and with_trailer("A\n\nB: c\n", "gitpod.io") == f"A\n\nB: c\n{TRAILER}"
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_as_gitpod(row: str) -> None:
    assert ROWS[row]()
