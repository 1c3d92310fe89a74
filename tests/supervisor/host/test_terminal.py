"""A shell on a real pseudo-terminal, its viewers and its end."""

import signal
from collections.abc import AsyncIterator

import pytest

from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from supervisor.host.terminal import BACKLOG, Terminal, Viewer, open_terminal
from tests.waiting import until

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PS1": "$ ", "HOME": "/nonexistent"}


@pytest.fixture
async def terminal(account: Account, tmp_path) -> AsyncIterator[Terminal]:
    reaper = Reaper()
    reaper.install()
    opened = open_terminal("main", reaper, account, str(tmp_path), ENVIRONMENT, ["/bin/sh", "-l"])
    yield opened
    opened.running.signal_group(signal.SIGKILL)
    await opened.running.exited
    await until(lambda: opened.closed, timeout=5)


def seen(terminal: Terminal) -> bytes:
    return terminal.history.since(0)[1]


async def test_it_is_a_terminal_with_a_size(terminal, tmp_path):
    terminal.resize(120, 40)
    terminal.write(b"tty && stty size && pwd && echo $TERM\n")
    await until(lambda: b"xterm-256color\r\n" in seen(terminal), timeout=10)
    assert b"/dev/pts/" in seen(terminal)
    assert b"40 120\r\n" in seen(terminal)
    assert str(tmp_path).encode() in seen(terminal)


async def test_control_c_reaches_what_runs_in_it(terminal):
    terminal.write(b"sleep 600\n")
    await until(lambda: b"sleep 600\r\n" in seen(terminal), timeout=10)

    def back() -> bool:
        # typed until it arrives: the shell may not have started the command yet
        terminal.write(b"\x03echo back-$((1 + 1))\n")
        return b"back-2" in seen(terminal)

    await until(back, timeout=10, pause=0.2)


async def test_viewers_see_the_same(terminal):
    first, second = terminal.attach(), terminal.attach()
    terminal.write(b"echo to-$((1 + 1))-both\n")
    for viewer in (first, second):
        told = b""
        while b"to-2-both" not in told:
            told += await viewer.queue.get() or b""


async def test_much_input_arrives_whole_and_in_order(terminal):
    terminal.write(b"stty -echo; head -c 300000 | wc -c; echo done-$?\n")
    await until(lambda: b"stty" in seen(terminal), timeout=10)
    terminal.write(b"".join(b"%09d\n" % number for number in range(30_000)))
    await until(lambda: b"300000\r\n" in seen(terminal), timeout=20)


async def test_a_shell_that_ends_tells_its_viewers(terminal, capsys):
    viewer = terminal.attach()
    terminal.write(b"exit 3\n")
    assert await terminal.running.exited == 3
    while await viewer.queue.get() is not None:
        pass
    assert not viewer.behind
    assert not terminal.alive
    terminal.write(b"nobody reads this\n")
    terminal.resize(1, 1)


async def test_sizes_that_make_no_sense_are_bounded(terminal):
    terminal.resize(0, -4)
    assert terminal.size == (1, 1)
    terminal.resize(10**6, 10**6)
    assert terminal.size == (1000, 1000)


async def test_a_viewer_that_is_too_slow_is_cut_off_and_nobody_waits():
    viewer = Viewer()
    for _ in range(BACKLOG + 1):
        viewer.feed(b"x")
    assert viewer.behind
    told = [viewer.queue.get_nowait() for _ in range(viewer.queue.qsize())]
    assert told[-1] is None
    assert len(told) == BACKLOG


async def test_a_viewer_that_left_gets_no_more(terminal):
    viewer = terminal.attach()
    terminal.detach(viewer)
    terminal.write(b"echo out-$((1 + 1))\n")
    await until(lambda: b"out-2" in seen(terminal), timeout=10)
    assert viewer.queue.empty()


async def test_a_shell_that_cannot_start_is_told(account, tmp_path):
    with pytest.raises(OSError, match="No such file"):
        open_terminal("main", Reaper(), account, str(tmp_path), ENVIRONMENT, ["/no/shell"])
