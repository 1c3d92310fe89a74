"""`podium orphans`, by what it asks of the server, prints and returns."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.__main__ import parser
from cli.commands import orphans
from cli.problems import DONE, USAGE, CommandError
from cli.settings import Settings
from tests.cli.answers import Request, serving_unix

Capture = pytest.CaptureFixture[str]
ONE: dict[str, Any] = {
    "kind": "tree",
    "name": "amber-otter-4k2hw9xz1q",
    "fate": "left",
    "place": "/var/lib/podium/content/amber-otter-4k2hw9xz1q",
    "touched": 1_700_000_000.0,
    "size": 2_500_000,
    "goes": 1_701_000_000.0,
    "about": "demo main",
    "node": "local",
}
FOUND = {"looked": 1.0, "answered": True, "silent": [], "orphans": [ONE]}


class Server:
    def __init__(self, folder: Path, found: dict[str, Any] | None = None) -> None:
        self.found = FOUND if found is None else found
        self.asked: list[tuple[str, str, Any]] = []
        self.settings = Settings.from_environ(
            {"PODIUM_HOME": str(folder / "home"), "PODIUM_RUN_ROOT": str(folder / "run")}
        )
        Path(self.settings.layout.server_run).mkdir(parents=True)

    def answer(self, request: Request) -> tuple[int, Any]:
        self.asked.append((request.method, request.path, request.body))
        if request.path.endswith("/remove"):
            return 200, {"freed": 1_000}
        if request.path.endswith("/adopt"):
            return 200, {"workspace": ONE["name"], "name": "demo", "points": 1}
        return 200, self.found

    def run(self, *words: str) -> int:
        socket = Path(self.settings.layout.internal_socket)
        socket.unlink(missing_ok=True)
        with serving_unix(str(socket), self.answer):
            return orphans.run(self.settings, parser().parse_args(["orphans", *words]))


def test_they_are_listed(tmp_path: Path, capsys: Capture) -> None:
    assert Server(tmp_path).run() == DONE
    said = capsys.readouterr().out
    for part in (ONE["name"], "of a deleted workspace", "2.5 MB", ONE["place"], "demo main"):
        assert part in said
    assert Server(tmp_path / "json").run("--json") == DONE
    assert json.loads(capsys.readouterr().out) == FOUND


def test_none_and_a_silent_node_are_told_apart(tmp_path: Path, capsys: Capture) -> None:
    Server(tmp_path / "none", {**FOUND, "orphans": []}).run()
    assert "nothing that the database does not ask for" in capsys.readouterr().out
    none = {**FOUND, "answered": False, "orphans": []}
    Server(tmp_path / "silent", {**none, "silent": ["local"]}).run()
    assert "The node does not answer" in capsys.readouterr().out
    Server(tmp_path / "further", {**none, "silent": ["b"], "orphans": [ONE | {"node": "b"}]}).run()
    said = capsys.readouterr().out
    assert "Node b does not answer" in said
    Server(tmp_path / "both", {**none, "silent": ["local", "b"]}).run()
    assert "Nodes local, b do not answer" in capsys.readouterr().out
    assert f"{ONE['place']} on node b" in said


def test_one_is_removed_or_adopted(tmp_path: Path, capsys: Capture) -> None:
    server = Server(tmp_path)
    assert server.run("remove", "tree", ONE["name"]) == USAGE
    assert server.asked == []
    assert server.run("remove", "tree", ONE["name"], "--yes") == DONE
    assert server.run("adopt", ONE["name"], "https://h.org/ada/demo") == DONE
    removal, adoption = server.asked
    assert removal[2] == {"kind": "tree", "name": ONE["name"], "node": ""}
    assert adoption[2] == {"name": ONE["name"], "url": "https://h.org/ada/demo", "node": ""}
    said = capsys.readouterr().out
    assert "1.0 kB are free" in said
    assert "1 restore point found" in said


def test_status_has_a_line_when_there_are_some(tmp_path: Path) -> None:
    assert orphans.summary(None) == []
    assert orphans.summary({"orphans": []}) == []
    (line,) = orphans.summary(FOUND)
    assert "2.5 MB" in line
    assert "2 things" in orphans.summary({**FOUND, "orphans": [ONE, ONE]})[0]
    assert orphans.told(Server(tmp_path).settings) is None
    with pytest.raises(CommandError):
        orphans.run(Server(tmp_path / "away").settings, parser().parse_args(["orphans"]))
