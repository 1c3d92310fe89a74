import time
from argparse import ArgumentParser
from pathlib import Path

import pytest

from cli.commands.nodes import add, run
from cli.problems import CommandError
from cli.settings import Settings
from tests.cli.answers import serving_unix
from tests.cli.commands.test_workspaces import Api
from tests.cli.commands.views import ID, view_of

HERE = {
    "name": "local", "address": "", "answers": True, "draining": False, "lost": False, "seen": None,
    "free": 50_000_000_000, "workspaces": 2, "running": 1, "snapshots": 0, "left": 0,
    "stuck": {},
}  # fmt: skip
THERE = HERE | {
    "name": "b", "answers": False, "draining": True, "lost": True, "seen": 0.0, "free": None,
    "snapshots": 2, "left": 3,
    "stuck": {"amber-otter-4k2hw9xz1q": "No other node takes it: local has no room."},
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["list"], ("GET", "/internal/nodes")),
        (["drain", "b"], ("POST", "/internal/nodes/b/drain")),
        (["take-back", "b/c"], ("POST", "/internal/nodes/b%2Fc/take-back")),
        (["lost", "b", "--yes"], ("POST", "/internal/nodes/b/lost")),
    ],
)
def test_each_is_one_question(
    words: list[str],
    asked: tuple[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    parser = ArgumentParser()
    add(parser)
    settings = Settings.from_environ(
        {"PODIUM_HOME": str(tmp_path), "PODIUM_RUN_ROOT": str(tmp_path / "run")}
    )
    layout = settings.layout
    Path(layout.server_run).mkdir(parents=True)
    told = {"nodes": [HERE, THERE]}
    with serving_unix(str(layout.internal_socket), lambda _one: (200, told)) as server:
        assert run(settings, parser.parse_args(words)) == 0
    assert [(one.method, one.path) for one in server.requests] == [asked]
    here, there, snapshots, stuck = capsys.readouterr().out.splitlines()
    assert here.split(None, 1) == [
        "local", "answers, 2 workspaces, 1 of them at work, 50.0 GB free"
    ]  # fmt: skip
    assert there.startswith("  b ")
    assert "does not answer, last " in there
    assert "is being emptied" in there
    assert "is said to be lost" in there
    assert "2 snapshots, 3 left behind" in there
    assert "its snapshots stay there" in snapshots
    assert stuck == "    amber-otter-4k2hw9xz1q: No other node takes it: local has no room."


def lose(home: Path) -> tuple[int, int]:
    """Say that b is lost, without --yes; returns the exit code and how often the server heard."""
    parser = ArgumentParser()
    add(parser)
    settings = Settings.from_environ(
        {"PODIUM_HOME": str(home), "PODIUM_RUN_ROOT": str(home / "run")}
    )
    Path(settings.layout.server_run).mkdir(parents=True, exist_ok=True)
    told = {"nodes": [HERE, THERE]}
    socket = str(settings.layout.internal_socket)
    with serving_unix(socket, lambda _one: (200, told)) as server:
        code = run(settings, parser.parse_args(["lost", "b"]))
    Path(socket).unlink()
    return code, len(server.requests)


def test_who_says_that_a_node_is_lost_says_what_that_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _question: "y")
    assert lose(tmp_path) == (1, 0)
    said = capsys.readouterr()
    assert "the machine b is switched off or destroyed; nothing runs there" in said.out
    assert "Nothing was changed" in said.err
    monkeypatch.setattr("builtins.input", lambda _question: " b ")
    assert lose(tmp_path) == (0, 1)


def test_nobody_at_a_terminal_says_yes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(CommandError, match="Nobody is there to confirm") as refused:
        lose(tmp_path)
    assert "--yes" in refused.value.cure


def test_a_start_elsewhere_says_how_old_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    offer = {"node": "b", "made": time.time() - 12 * 60}
    api = Api().on(f"GET {ID}/elsewhere", offer)
    api.on(f"POST {ID}/elsewhere", (202, view_of("preparing", done=0)))
    assert api.run("start", ID, "--elsewhere") == 0
    told = capsys.readouterr().err
    assert "From its restore point 12 min ago" in told
    assert "node b alone" in told
    assert [one.method for one in api.requests] == ["GET", "GET", "POST"]
