import time
from argparse import ArgumentParser
from pathlib import Path

import pytest

from cli.commands.nodes import add, run
from cli.settings import Settings
from tests.cli.answers import serving_unix
from tests.cli.commands.test_workspaces import Api
from tests.cli.commands.views import ID, view_of

HERE = {
    "name": "local", "address": "", "answers": True, "draining": False, "seen": None,
    "free": 50_000_000_000, "workspaces": 2, "running": 1, "snapshots": 0, "left": 0,
    "stuck": {},
}  # fmt: skip
THERE = HERE | {
    "name": "b", "answers": False, "draining": True, "seen": 0.0, "free": None, "snapshots": 2,
    "left": 3,
    "stuck": {"amber-otter-4k2hw9xz1q": "No other node takes it: local has no room."},
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["list"], ("GET", "/internal/nodes")),
        (["drain", "b"], ("POST", "/internal/nodes/b/drain")),
        (["take-back", "b/c"], ("POST", "/internal/nodes/b%2Fc/take-back")),
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
    assert "2 snapshots, 3 left behind" in there
    assert "its snapshots stay there" in snapshots
    assert stuck == "    amber-otter-4k2hw9xz1q: No other node takes it: local has no room."


def test_a_start_elsewhere_says_how_old_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    offer = {"node": "b", "made": time.time() - 12 * 60}
    api = Api().on(f"GET {ID}/elsewhere", offer)
    api.on(f"POST {ID}/elsewhere", (202, view_of("preparing", done=0)))
    assert api.run("start", ID, "--elsewhere") == 0
    told = capsys.readouterr().err
    assert "From its restore point 12 min ago" in told
    assert "node b alone" in told
    assert [one.method for one in api.requests] == ["GET", "GET", "POST"]
