"""Listening sockets that go from one launcher to the next."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cli.launcher import identity, state
from cli.launcher.sockets import opened, taken_over
from cli.settings import Settings
from kit.listening import Sockets, close, descriptors, spell
from tests.ports import free_port


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings.from_environ(
        {
            "PODIUM_HOME": str(tmp_path / "home"),
            "PODIUM_RUN_ROOT": str(tmp_path / "run"),
            "PODIUM_PORT": str(free_port()),
        }
    )
    Path(made.layout.agent_run).mkdir(parents=True)
    return made


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def launcher_with(sockets: Sockets, settings: Settings) -> "tuple[subprocess.Popen, state.State]":
    """Return a process that holds the sockets, and what its launcher would have said of it."""
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"],
        stdin=subprocess.PIPE,
        pass_fds=descriptors(sockets),
    )
    own = identity.of(holder.pid)
    assert own is not None
    return holder, state.State(own, "v", dict(settings.environment), sockets=spell(sockets))


def test_both_are_opened(settings: Settings) -> None:
    sockets = opened(settings, {})
    assert set(sockets) == {"public", "entry"}
    assert sockets["public"][0].getsockname()[1] == settings.port
    assert Path(settings.layout.entry_socket).stat().st_mode & 0o777 == 0o666
    assert opened(settings, sockets) == sockets
    close(sockets)


@pytest.mark.root
def test_whoever_waits_goes_with_the_socket(settings: Settings) -> None:
    first = opened(settings, {})
    holder, told = launcher_with(first, settings)
    with holder:
        close(first)
        with socket.create_connection(("127.0.0.1", settings.port)) as waiting:
            taken = taken_over(settings, told)
            holder.communicate()
            accepted, _ = taken["public"][0].accept()
            with accepted:
                assert accepted.getpeername() == waiting.getsockname()
        assert set(taken) == {"public", "entry"}
        close(taken)


def test_other_addresses_are_other_sockets(settings: Settings) -> None:
    first = opened(settings, {})
    holder, told = launcher_with(first, settings)
    with holder:
        other = {**settings.environment, "PODIUM_PORT": "1"}
        assert taken_over(settings, state.State(told.launcher, "v", other, {}, told.sockets)) == {}
        holder.communicate()
    assert taken_over(settings, told) == {}, "it is gone"
    assert taken_over(settings, None) == {}
    close(first)


@pytest.mark.root
def test_what_is_no_socket_is_not_taken(settings: Settings) -> None:
    before = open_files()
    first = opened(settings, {})
    holder, told = launcher_with(first, settings)
    with holder:
        odd = state.State(told.launcher, "v", told.environment, {}, "public=1,entry=777")
        assert taken_over(settings, odd) == {}
        holder.communicate()
    close(first)
    assert open_files() <= before + 1
