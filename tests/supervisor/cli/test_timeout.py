"""`gp timeout` asks the supervisor, and waits until the server has followed."""

import json
import re
from pathlib import Path

import pytest

from supervisor.cli import timeout
from supervisor.cli.__main__ import parser
from supervisor.cli.client import Client, NotServed
from tests.supervisor.cli.samples import supervisor

Capture = pytest.CaptureFixture[str]


def run(path: str, *words: str) -> int:
    found = parser().parse_args(["timeout", *words])
    return int(found.found.load()(found, Client(path), {}))


def test_it_shows_the_timeout_and_what_is_left(tmp_path: Path, capsys: Capture) -> None:
    told = {"timeout": "2h", "left": 5430.0, "awake": []}
    with supervisor(tmp_path, {"/v1/timeout": told}) as path:
        assert run(path, "show") == 0
        assert capsys.readouterr().out == "2h, stops in 1 h 30 min unless it is used\n"
        assert run(path, "show", "--json") == 0
    assert json.loads(capsys.readouterr().out) == told


def test_it_says_what_is_at_work(tmp_path: Path, capsys: Capture) -> None:
    told = {"timeout": "30m", "left": 1795.0, "awake": ["npm test in terminal 2", "make in task A"]}
    with supervisor(tmp_path, {"/v1/timeout": told}) as path:
        assert run(path, "show") == 0
    said = capsys.readouterr().out.splitlines()[1]
    assert re.fullmatch(
        r"awake: npm test in terminal 2, make in task A; would stop at \d\d:\d\d", said
    )
    with supervisor(tmp_path, {"/v1/timeout": {**told, "timeout": "none", "left": None}}) as path:
        assert run(path, "show") == 0
    assert capsys.readouterr().out.splitlines()[1].endswith("make in task A")


def test_none_is_shown_as_such(tmp_path: Path, capsys: Capture) -> None:
    with supervisor(
        tmp_path, {"/v1/timeout": {"timeout": "none", "left": None, "awake": []}}
    ) as path:
        assert run(path, "show") == 0
    assert capsys.readouterr().out == "none\n"


def test_it_sets_and_extends(tmp_path: Path, capsys: Capture) -> None:
    documents = {
        "/v1/timeout": {"timeout": "180m", "left": 10800.0},
        "PUT /v1/timeout": lambda sent: {"wished": sent["timeout"]},
        "POST /v1/timeout/extend": {"wished": "180m"},
    }
    with supervisor(tmp_path, documents) as path:
        assert run(path, "set", "180m") == 0
        assert run(path, "extend") == 0
    assert capsys.readouterr().out == "Workspace timeout has been set to 180m.\n" * 2


def test_a_server_that_is_away_follows_later(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeout, "PATIENCE", 0.0)

    def wish(sent: dict[str, str]) -> dict[str, str]:
        if sent["timeout"] != "2h":
            raise ValueError("1x is no duration")
        return {"wished": "2h"}

    documents = {"/v1/timeout": {"timeout": "30m", "left": 9.0}, "PUT /v1/timeout": wish}
    with supervisor(tmp_path, documents) as path:
        assert run(path, "set", "2h") == 0
        with pytest.raises(NotServed, match="no duration"):
            run(path, "set", "1x")
    assert "it will follow" in capsys.readouterr().out
