import json
from argparse import ArgumentParser
from pathlib import Path

import pytest

from cli.launcher import proxy
from cli.problems import CommandError
from cli.settings import Settings
from tests.cli.answers import Request, serving_unix

READY = {"ready": True, "checks": {"table": {"ok": True, "cause": "3 routes, heard 1 s ago"}}}
WORKER = {
    "worker": 77,
    "services": {
        "server": {"state": "open", "seconds": 4, "opened": 2},
        "blobserve": {"state": "closed", "seconds": None, "opened": 0},
    },
    "kept": {"server": 0, "instance": 3},
    "connections": {"browser": 5, "workspace": 1},
    "upgrades": {"ide": 2},
    "feed": {"connected": True},
}
ROUTE = {
    "workspace": "amber-otter-4k2hw9xz1q",
    "phase": "running",
    "target": "instance amber-otter-4k2hw9xz1q.1",
    "ports": {"3000": {"visibility": "public"}, "8000": {"visibility": "private"}},
    "shares": 1,
}


def answer(request: Request) -> tuple[int, object]:
    if request.path == "/readyz":
        return 200, READY
    return 200, {"workers": [WORKER]} if request.path == "/state" else ROUTE


def asked(folder: Path, *words: str) -> int:
    settings = Settings.from_environ(
        {"PODIUM_HOME": str(folder / "home"), "PODIUM_RUN_ROOT": str(folder / "run")}
    )
    Path(settings.layout.proxy_run).mkdir(parents=True, exist_ok=True)
    grammar = ArgumentParser()
    proxy.add(grammar)
    arguments = grammar.parse_args(words)
    if "none" in folder.name:
        return proxy.run(settings, arguments)
    Path(settings.layout.admin_socket).unlink(missing_ok=True)
    with serving_unix(str(settings.layout.admin_socket), answer):
        return proxy.run(settings, arguments)


def test_the_state_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(tmp_path, "state") == 0
    said = capsys.readouterr().out
    for words in (
        "  ready\n",
        "table      ok  3 routes, heard 1 s ago",
        "worker, pid 77",
        "server     open for 4 s, opened 2 times",
        "blobserve  closed, opened 0 times",
        "5 browser, 1 workspace; tunnels: 2 ide",
        "kept       3 instance",
    ):
        assert words in said


def test_scripts_get_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(tmp_path, "state", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"readiness": READY, "workers": [WORKER]}
    assert asked(tmp_path, "table", "amber", "--json") == 0
    assert json.loads(capsys.readouterr().out) == ROUTE


def test_the_table_says_what_others_may_see(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(tmp_path, "table") == 0
    said = capsys.readouterr().out
    assert said.split()[:2] == ["amber-otter-4k2hw9xz1q", "running"]
    assert said.rstrip().endswith("3000 public, 1 shared")
    assert "8000" not in said


def test_a_proxy_that_is_away_is_no_traceback(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    folder.mkdir()
    with pytest.raises(CommandError) as told:
        asked(folder, "metrics")
    assert told.value.code == 3
    assert "its proxy" in told.value.cause
