import json
import os
import time
from pathlib import Path

import pytest

from cli.backup import daily
from cli.launcher import identity, state
from cli.launcher.identity import Process
from cli.launcher.status import status
from cli.settings import Settings
from cli.tokens import keep_token
from tests.cli.answers import serving, serving_unix
from wire.noderoom import NodeRoom, PlaceRoom, encoded
from wire.platformbackup import PlatformBackup

HEALTH = {"ready": True, "node": "ok"}


def settings_of(folder: Path, port: int = 9, **environ: str) -> Settings:
    settings = Settings.from_environ(
        {
            "PODIUM_HOME": str(folder / "home"),
            "PODIUM_RUN_ROOT": str(folder / "run"),
            "PODIUM_PORT": str(port),
            **environ,
        }
    )
    for made in (settings.layout.server_run, settings.layout.logs):
        Path(made).mkdir(parents=True)
    return settings


def note(settings: Settings, builder: Process | None = None) -> None:
    own = identity.of(os.getpid())
    assert own is not None
    children = {"server": state.Child(own, 2, 0), "proxy": state.Child(None, 5, 5)}
    children["builder"] = state.Child(builder, 0, 0)
    state.write(settings.layout, state.State(own, children=children))


def test_nothing_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(settings_of(tmp_path), as_json=False) == 3
    assert "not running" in capsys.readouterr().out
    gone = settings_of(tmp_path / "other")
    state.write(gone.layout, state.State(Process(os.getpid(), 1)))
    assert status(gone, as_json=True) == 3
    assert json.loads(capsys.readouterr().out)["running"] is False


def test_all_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = {"workspaces": [{"phase": "running"}, {"phase": "stopped"}, {"phase": "running"}]}
    with serving(lambda _one: (200, listed)) as proxy:
        settings = settings_of(tmp_path, proxy.port)
        note(settings)
        keep_token(settings.layout, "t")
        with serving_unix(str(settings.layout.internal_socket), lambda _one: (200, HEALTH)):
            assert status(settings, as_json=True) == 0
            told = json.loads(capsys.readouterr().out)
            assert status(settings, as_json=False) == 0
    assert told["health"] == HEALTH
    assert told["workspaces"] == {"running": 2, "stopped": 1}
    assert set(told["processes"]) == {"launcher", "server", "proxy"}
    server, proxy_shown = told["processes"]["server"], told["processes"]["proxy"]
    assert (server["pid"], server["uid"], server["restarts"]) == (os.getpid(), os.getuid(), 2)
    assert server["up_seconds"] > 0
    assert (proxy_shown["alive"], proxy_shown["pid"], proxy_shown["restarts"]) == (False, None, 5)
    text = capsys.readouterr().out
    assert "node ok" in text
    assert "2 running, 1 stopped" in text
    assert "gone" in text


@pytest.mark.parametrize(
    ("record", "running", "environ", "full"),
    [
        ({"image": "i", "full": "f"}, False, {}, "ready"),
        ({"image": "i"}, True, {}, "being built"),
        ({"image": "i"}, False, {}, "waits to be built"),
        ({"image": "i"}, False, {"PODIUM_FULL_IMAGE": "no"}, "not built: PODIUM_FULL_IMAGE is off"),
    ],
)
def test_how_far_the_images_are(tmp_path, capsys, record, running, environ, full) -> None:
    settings = settings_of(tmp_path, **environ)
    Path(settings.layout.artefacts).write_text(json.dumps(record))
    note(settings, identity.of(os.getpid()) if running else None)
    with serving_unix(str(settings.layout.internal_socket), lambda _one: (200, HEALTH)):
        status(settings, as_json=True)
        told = json.loads(capsys.readouterr().out)
        status(settings, as_json=False)
    assert told["images"]["default"] == "ready"
    assert told["images"]["full"].startswith(full)
    assert "builder" not in told["processes"]
    assert f"  image full      {full}" in capsys.readouterr().out


def test_a_server_that_is_away_is_told_beside_the_processes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_of(tmp_path)
    note(settings)
    assert status(settings, as_json=False) == 3
    text = capsys.readouterr().out
    assert "no server" in text
    assert f"pid {os.getpid()}" in text


def test_a_proxy_that_is_away_does_not_hide_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_of(tmp_path)
    note(settings)
    with serving_unix(str(settings.layout.internal_socket), lambda _one: (200, HEALTH)):
        assert status(settings, as_json=False) == 0
    assert "workspaces unknown" in capsys.readouterr().out


def test_a_proxy_that_is_not_ready_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cause = "the route feed has never been heard"
    checks = {"table": {"ok": False, "cause": cause}, "draining": {"ok": True, "cause": "no"}}
    settings = settings_of(tmp_path)
    Path(settings.layout.proxy_run).mkdir()
    note(settings)
    answer = 503, {"ready": False, "checks": checks}
    with serving_unix(str(settings.layout.admin_socket), lambda _one: answer):
        assert status(settings, as_json=False) == 3
        assert f"proxy not ready: table: {cause}" in capsys.readouterr().out
        status(settings, as_json=True)
        assert json.loads(capsys.readouterr().out)["proxy"]["checks"] == checks


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({}, "none yet"),
        ({"made_at": -7200.0, "kept": 3}, "2 h old, 3 kept in /f"),
        ({"made_at": -200_000.0, "kept": 1}, "LATE"),
        ({"made_at": -60.0, "kept": 1, "failure": "No space."}, "FAILING: No space."),
    ],
)
def test_the_platforms_own_backup_is_told(tmp_path, capsys, written, said) -> None:
    settings = settings_of(tmp_path)
    note(settings)
    if written:
        at = {**written, "made_at": time.time() + written["made_at"]}
        daily.write(settings, PlatformBackup(tried_at=0.0, folder="/f", every=86_400.0, **at))
    with serving_unix(str(settings.layout.internal_socket), lambda _one: (200, HEALTH)):
        status(settings, as_json=False)
        text = capsys.readouterr().out
        status(settings, as_json=True)
    assert said in next(one for one in text.splitlines() if "backup of the platform" in one)
    assert json.loads(capsys.readouterr().out)["backup"]["failure"] == written.get("failure", "")


def test_a_platform_that_makes_none_says_so(tmp_path, capsys) -> None:
    settings = settings_of(tmp_path, PODIUM_PLATFORM_BACKUP="none")
    note(settings)
    with serving_unix(str(settings.layout.internal_socket), lambda _one: (200, HEALTH)):
        status(settings, as_json=False)
    assert "backup of the platform: off" in capsys.readouterr().out


def test_what_workspaces_are_limited_in_is_told_and_what_not(tmp_path, capsys) -> None:
    settings = settings_of(tmp_path)
    note(settings)
    Path(settings.layout.limits).parent.mkdir(parents=True, exist_ok=True)
    limits = {"cpu": "enforced", "pids": "enforced", "disk": "PODIUM_DISK_LIMITS is off"}
    Path(settings.layout.limits).write_text(json.dumps(limits))
    status(settings, as_json=False)
    text = capsys.readouterr().out
    assert "workspaces are limited in cpu, pids\n" in text
    assert "workspaces are NOT limited in disk: PODIUM_DISK_LIMITS is off\n" in text
    Path(settings.layout.limits).write_text("broken")
    status(settings, as_json=True)
    assert json.loads(capsys.readouterr().out)["limits"] == {}


def test_a_disk_that_is_short_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = settings_of(tmp_path)
    note(settings)
    told = Path(settings.layout.node_room)
    told.parent.mkdir(parents=True, exist_ok=True)
    place = PlaceRoom(place="/c", free=1, total=9, short="/c has 1.0 MB free")
    told.write_bytes(encoded(NodeRoom(places=[place])))
    status(settings, as_json=False)
    assert "SHORT OF SPACE: /c has 1.0 MB free" in capsys.readouterr().out
    status(settings, as_json=True)
    room = json.loads(capsys.readouterr().out)["room"]
    assert (room["places"][0]["free"], room["given"]) == (1, [])
    told.write_bytes(encoded(NodeRoom(places=[], lost="/c is not mounted")))
    status(settings, as_json=False)
    assert "THE NODE DOES NOT BEGIN: /c is not mounted" in capsys.readouterr().out
    told.write_bytes(b"{")
    status(settings, as_json=True)
    assert json.loads(capsys.readouterr().out)["room"] is None
