"""What runs in front of a real terminal."""

import os
import signal

import pytest

from supervisor.host.foreground import Front, front, group
from supervisor.host.opening import open_terminal
from supervisor.host.reaper import Reaper
from tests.waiting import until

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield reading
    os.close(reading)
    os.close(writing)


async def test_the_shell_then_what_it_runs_then_the_shell(account, tmp_path):
    reaper = Reaper()
    reaper.install()
    shell = ["/bin/sh", "-i"]
    terminal = open_terminal("main", reaper, account, str(tmp_path), ENVIRONMENT, shell)
    await until(lambda: terminal.look() == Front(terminal.pid, "sh", str(tmp_path)))
    terminal.write(b"cd /usr; sleep 600\n")
    await until(lambda: (terminal.look().name, terminal.look().cwd) == ("sleep", "/usr"))
    os.killpg(terminal.look().pid, signal.SIGTERM)
    await until(lambda: terminal.look() == Front(terminal.pid, "sh", "/usr"))
    terminal.running.signal_group(signal.SIGKILL)
    await until(lambda: terminal.closed)
    assert terminal.look() == Front()


def test_what_is_no_terminal_has_nobody_in_front(pipe):
    assert group(pipe) == 0
    assert front(pipe, 0) == Front()
    assert front(pipe, os.getpid()).cwd == os.getcwd()  # noqa: PTH109 - what /proc says
