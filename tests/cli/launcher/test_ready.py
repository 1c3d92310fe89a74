"""Waiting for a platform that small servers play."""

import itertools
import os
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from cli.launcher import identity, ready, state
from cli.problems import CommandError
from cli.settings import Settings
from tests.cli.answers import Request, serving, serving_unix

READY = {"ready": True, "node": "ok"}


def settings_of(folder: Path, port: int) -> Settings:
    settings = Settings.from_environ(
        {
            "PODIUM_HOME": str(folder / "home"),
            "PODIUM_RUN_ROOT": str(folder / "run"),
            "PODIUM_PORT": str(port),
        }
    )
    layout = settings.layout
    for made in (layout.server_run, layout.blobserve_run, layout.logs):
        Path(made).mkdir(parents=True)
    return settings


def blobserve(settings: Settings) -> AbstractContextManager[object]:
    return serving_unix(str(settings.layout.blobserve_socket), lambda _one: (200, {}))


def note(settings: Settings, **streaks: int) -> None:
    own = identity.of(os.getpid())
    assert own is not None
    children = {name: state.Child(own, count, count) for name, count in streaks.items()}
    state.write(settings.layout, state.State(own, children=children))


def test_each_process_is_told_when_it_serves(tmp_path: Path) -> None:
    healths = itertools.chain(
        [{"ready": False, "node": "unreachable"}, {"ready": True, "node": "unreachable"}],
        itertools.repeat(READY),
    )
    told: list[str] = []
    with serving(lambda _one: (200, {})) as proxy:
        settings = settings_of(tmp_path, proxy.port)
        socket = str(settings.layout.internal_socket)
        with blobserve(settings), serving_unix(socket, lambda _one: (200, next(healths))):
            ready.wait(settings, lambda: True, told.append)
    assert told == ["blobserve", "proxy", "server", "daemon"]
    assert [one.path for one in proxy.requests] == ["/.podium/healthz", "/healthz"]


def test_a_proxy_that_does_not_reach_the_server_does_not_serve(tmp_path: Path) -> None:
    with serving(lambda one: (503 if one.path == "/healthz" else 200, {})) as proxy:
        settings = settings_of(tmp_path, proxy.port)
        sight = ready.Sight({"proxy": "not asked yet"})
        sight.look(settings)
    assert sight.missing == {"proxy": "it does not reach the server"}


def test_a_child_that_keeps_dying_ends_the_wait_with_its_last_words(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, 9)
    note(settings, daemon=0, server=4, proxy=0)
    log = Path(settings.layout.logs) / "server.log"
    log.write_text("\n".join(f"line {number}" for number in range(10000)))
    with pytest.raises(CommandError) as told:
        ready.wait(settings, lambda: True, lambda _name: None)
    assert told.value.title == "The server did not start"
    assert "line 9999" in told.value.cause
    assert "line 9991" not in told.value.cause
    assert told.value.cure


def test_one_that_serves_again_is_not_held_against_it(tmp_path: Path) -> None:
    with serving(lambda _one: (200, {})) as proxy:
        settings = settings_of(tmp_path, proxy.port)
        note(settings, daemon=9, server=9, proxy=9)
        internal = str(settings.layout.internal_socket)
        with blobserve(settings), serving_unix(internal, lambda _one: (200, READY)):
            ready.wait(settings, lambda: True, lambda _name: None)


def test_a_launcher_that_ends_ends_the_wait(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="launcher"):
        ready.wait(settings_of(tmp_path, 9), lambda: False, lambda _name: None)


def test_patience_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "LIMIT", 0.05)

    def answer(_request: Request) -> tuple[int, object]:
        return 200, {"ready": True, "node": "unreachable"}

    with serving(lambda _one: (503, {})) as proxy:
        settings = settings_of(tmp_path, proxy.port)
        with (
            serving_unix(str(settings.layout.internal_socket), answer),
            pytest.raises(CommandError) as told,
        ):
            ready.wait(settings, lambda: True, lambda _name: None)
    assert told.value.title == "The daemon did not start"
    assert "unreachable" in told.value.cause


def test_a_missing_log_has_no_lines(tmp_path: Path) -> None:
    assert ready.last_lines(tmp_path / "none") == []
