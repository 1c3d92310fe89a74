"""`podium image`, by what it asks of the API, prints and returns."""

import json
from typing import Any

import pytest

from cli.__main__ import parser
from cli.commands import imagebuilds
from cli.commands.client import Client, Endpoint
from cli.commands.imagebuilds import plain
from cli.problems import DONE, FAILED, CommandError
from tests.cli.answers import Request, serving

Capture = pytest.CaptureFixture[str]
ID = "amber-otter-4k2hw9xz1q"
PROBLEM = {"title": "A step of the Dockerfile failed", "detail": "exit status 7", "cure": "Look."}
BUILD: dict[str, Any] = {
    "id": ID,
    "state": "queued",
    "place": 2,
    "repository": "https://h.org/ada/demo",
    "dockerfile": ".gitpod.Dockerfile",
    "workspaces": ["dusty-wren-f4k7q2n9xe"],
    "created": 0,
    "problem": None,
}


class Api:
    def __init__(self, *states: str, log: bytes = b"STEP 1\r\nSTEP 2\n") -> None:
        self.states = list(states)
        """What it says of the build, one after the other; the last one stays."""
        self.log = log
        self.posted: list[str] = []

    def answer(self, request: Request) -> tuple[int, Any]:
        path, _mark, query = request.path.removeprefix("/api/v1/image-builds").partition("?")
        if request.method == "POST":
            self.posted.append(path)
            return 200, {**BUILD, "state": "cancelled", "place": 0, "problem": PROBLEM}
        if path.endswith("/log"):
            return 200, self.log[int(query.partition("=")[2]) :][:8]
        if path == "":
            return 200, {"builds": [BUILD, {**BUILD, "id": "amber-otter-5", "place": 0}]}
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return 200, {**BUILD, "state": state}

    def run(self, *words: str) -> int:
        with serving(self.answer) as server:
            client = Client(Endpoint("podium.localhost", "127.0.0.1", server.port), "t")
            return imagebuilds.run(client, parser().parse_args(["image", *words]))


def test_builds_are_listed(capsys: Capture) -> None:
    assert Api().run("list") == DONE
    lines = capsys.readouterr().out.splitlines()
    assert "2. in queue" in lines[0]
    assert "https://h.org/ada/demo" in lines[1]
    assert Api().run("list", "--json") == DONE
    assert json.loads(capsys.readouterr().out)["builds"][0] == BUILD


def test_one_is_shown_and_cancelled(capsys: Capture) -> None:
    api = Api("running")
    assert api.run("show", ID) == DONE
    assert "for dusty-wren-f4k7q2n9xe" in capsys.readouterr().out
    assert api.run("cancel", ID[:13]) == DONE
    assert api.posted == [f"/{ID}/cancel"]
    assert "exit status 7" in capsys.readouterr().out


@pytest.mark.parametrize(("state", "code"), [("done", DONE), ("failed", FAILED)])
def test_a_log_is_followed_to_the_end(state: str, code: int, capsys: Capture) -> None:
    assert Api(state).run("log", ID, "--follow") == code
    assert capsys.readouterr().out == "STEP 1\nSTEP 2\n"


def test_without_following_what_there_is_is_printed(capsys: Capture) -> None:
    assert Api("running").run("log", ID) == DONE
    assert capsys.readouterr().out == "STEP 1\n"


@pytest.mark.parametrize(("wished", "why"), [("amber", "several"), ("x", "no such")])
def test_a_build_must_be_meant(wished: str, why: str) -> None:
    with pytest.raises(CommandError, match=why):
        Api().run("show", wished)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m"),
        ("\x1b]0;title\x07a\x1b[2Jb\x1b[?25lc\x1bcd", "abcd"),
        ("10 %\r20 %\r", "20 %"),
        ("a\x00\x9bb", "ab"),
    ],
)
def test_a_log_turns_colours_and_nothing_else_of_a_terminal(line: str, shown: str) -> None:
    assert plain(line) == shown
