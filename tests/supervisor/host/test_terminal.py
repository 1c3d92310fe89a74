"""A shell on a real pseudo-terminal, its viewers and its end."""

import asyncio
import hashlib
import os
import signal
from collections.abc import AsyncIterator

import pytest

from supervisor.host import terminal as module
from supervisor.host.opening import open_terminal
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from supervisor.host.terminal import Terminal
from supervisor.host.viewer import Viewer
from tests.waiting import until

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PS1": "$ ", "HOME": "/nonexistent"}


@pytest.fixture
def reaper() -> Reaper:
    return Reaper()


@pytest.fixture
async def terminal(account: Account, tmp_path, reaper) -> AsyncIterator[Terminal]:
    reaper.install()
    opened = open_terminal("main", reaper, account, str(tmp_path), ENVIRONMENT, ["/bin/sh", "-l"])
    yield opened
    opened.running.signal_group(signal.SIGKILL)
    await opened.running.exited
    await until(opened.ended.is_set, timeout=5)
    opened.forget()


def seen(terminal: Terminal) -> bytes:
    return terminal.history.since(0)[1]


async def read_until(viewer: Viewer, wanted: bytes) -> bytes:
    told = b""
    while wanted not in told:
        part = await viewer.next()
        assert part is not None
        told += part if isinstance(part, bytes) else b""
    return told


async def fact(viewer: Viewer, name: str) -> object:
    """The next one of that name, whatever else comes before."""
    while True:
        part = await viewer.next()
        assert part is not None
        if isinstance(part, dict) and name in part:
            return part[name]


async def test_it_is_a_terminal_with_a_size(terminal, tmp_path):
    terminal.audience.fit(terminal.attach(), 120, 40)
    terminal.write(b"tty && stty size && pwd && echo $TERM\n")
    await until(lambda: b"xterm-256color\r\n" in seen(terminal), timeout=10)
    assert b"/dev/pts/" in seen(terminal)
    assert b"40 120\r\n" in seen(terminal)
    assert str(tmp_path).encode() in seen(terminal)


async def test_control_c_reaches_what_runs_in_it(terminal):
    """A shell that has not begun yet would end of it, as on any terminal: so it is waited for."""
    terminal.write(b"sleep 600\n")
    await until(lambda: terminal.look().name == "sleep", timeout=10)
    terminal.write(b"\x03")
    await until(lambda: terminal.look().name == "sh", timeout=10)
    terminal.write(b"echo back-$((1 + 1))\n")
    await until(lambda: b"back-2" in seen(terminal), timeout=10)


async def test_viewers_see_the_same(terminal):
    first, second = terminal.attach(), terminal.attach()
    terminal.type(first, b"echo to-$((1 + 1))-both\n")
    for viewer in (first, second):
        await read_until(viewer, b"to-2-both")


async def test_much_input_arrives_whole_and_in_order(terminal):
    terminal.write(b"stty -echo; head -c 300000 | wc -c; echo done-$?\n")
    await until(lambda: b"stty" in seen(terminal), timeout=10)
    terminal.write(b"".join(b"%09d\n" % number for number in range(30_000)))
    await until(lambda: b"300000\r\n" in seen(terminal), timeout=20)
    await terminal.room()


async def test_the_size_is_that_of_who_typed_last(terminal):
    wide, narrow = terminal.attach(), terminal.attach()
    terminal.audience.fit(wide, 120, 40)
    terminal.audience.fit(narrow, 60, 20)
    assert (terminal.size, await fact(narrow, "cols")) == ((120, 40), 120)
    terminal.type(narrow, b"stty size\n")
    assert await fact(wide, "rows") == 20
    await until(lambda: b"20 60\r\n" in seen(terminal), timeout=10)
    terminal.audience.focus(wide, focused=True)
    assert await fact(narrow, "cols") == 120
    terminal.audience.leave(wide)
    assert await fact(narrow, "cols") == 60


async def test_the_title_follows_what_runs_in_front(terminal):
    viewer = terminal.attach()
    terminal.rename("Try")
    await until(lambda: terminal.title == "Try: sh")
    terminal.type(viewer, b"sleep 600\n")
    while await fact(viewer, "title") != "Try: sleep":
        pass
    terminal.rename("")
    assert await fact(viewer, "title") == "sleep"


async def test_a_shell_that_ends_tells_its_viewers(terminal, capsys):
    viewer = terminal.attach()
    terminal.write(b"echo last; exit 3\n")
    assert await fact(viewer, "exit") == {"code": 3, "signal": None}
    assert await viewer.next() is None
    assert b"last\r\n" in seen(terminal)
    assert not terminal.alive
    terminal.write(b"nobody reads this\n")
    late = terminal.attach()
    assert await fact(late, "exit") == {"code": 3, "signal": None}
    assert late.offset == terminal.history.end


async def test_what_a_shell_leaves_in_the_background_does_not_hide_its_end(terminal, capsys):
    viewer = terminal.attach()
    terminal.write(b"sleep 600 & echo pid-$!-; exit\n")
    assert await fact(viewer, "exit") == {"code": 0, "signal": None}
    assert not terminal.closed
    pid = int(seen(terminal).rpartition(b"pid-")[2].partition(b"-")[0])
    terminal.forget()
    assert terminal.closed
    os.kill(pid, signal.SIGKILL)


async def test_hung_up_the_shell_and_what_runs_in_front_end(terminal, capsys):
    terminal.write(b"sleep 600\n")
    await until(lambda: terminal.look().name == "sleep", timeout=10)
    terminal.hang_up()
    await until(terminal.ended.is_set, timeout=4)
    assert terminal.exit() == {"code": 129, "signal": "SIGHUP"}


async def test_who_does_not_care_about_a_hang_up_is_ended(account, tmp_path, reaper, capsys):
    reaper.install()
    command = ["/bin/sh", "-c", "trap '' HUP; echo ready; while :; do sleep 600; done"]
    opened = open_terminal("one", reaper, account, str(tmp_path), ENVIRONMENT, command)
    await until(lambda: b"ready" in seen(opened), timeout=10)
    opened.hang_up()
    await until(opened.ended.is_set, timeout=module.GRACE + 5)
    assert opened.exit() == {"code": 137, "signal": "SIGKILL"}
    opened.forget()


async def test_a_viewer_that_left_gets_no_more(terminal):
    viewer = terminal.attach()
    terminal.audience.leave(viewer)
    terminal.audience.leave(viewer)
    terminal.write(b"echo out-$((1 + 1))\n")
    await until(lambda: b"out-2" in seen(terminal), timeout=10)
    assert terminal.listed().viewers == []


async def test_everything_is_listed(terminal, tmp_path):
    viewer = terminal.attach(kind="gp", name="me")
    terminal.audience.fit(viewer, 100, 30)
    await until(lambda: terminal.history.end)
    told = terminal.listed()
    assert (told.id, told.alias, told.title, told.cwd) == ("main", "main", "sh", str(tmp_path))
    assert (told.pid, told.alive, told.exit_code, told.signal) == (terminal.pid, True, None, None)
    assert (told.begin, told.end, told.cols, told.rows) == (0, terminal.history.end, 100, 30)
    assert told.command == ["/bin/sh", "-l"]
    assert told.last_output_at is not None
    assert [(one.kind, one.name, one.cols) for one in told.viewers] == [("gp", "me", 100)]
    assert len(told.life) == 12


async def test_a_flood_leaves_another_terminal_its_turns_and_is_seen_whole(
    terminal, account, tmp_path, reaper
):
    """50 MB to a viewer who looks at it, and keys in another terminal meanwhile."""
    count = 50_000_000
    (tmp_path / "flood").write_bytes(b"".join(b"%09d\n" % at for at in range(count // 10)))
    wanted = hashlib.sha256((tmp_path / "flood").read_bytes()).hexdigest()
    command = ["/bin/sh", "-c", "stty raw; cat flood"]
    loud = open_terminal("two", reaper, account, str(tmp_path), ENVIRONMENT, command)
    viewer, found, echoes = loud.attach(), hashlib.sha256(), 0
    quiet = terminal.attach()

    async def watch() -> None:
        while isinstance(part := await viewer.next(), bytes) or part is not None:
            if isinstance(part, bytes):
                found.update(part)
            assert not isinstance(part, dict) or "offset" not in part

    watching = asyncio.get_running_loop().create_task(watch(), name="watch")
    while not watching.done():
        terminal.type(quiet, b"echo echo-$((%d + 1))-\n" % echoes)
        echoes += 1
        await read_until(quiet, b"echo-%d-" % echoes)
    await watching
    assert found.hexdigest() == wanted
    assert loud.history.end == count
    assert echoes > 20  # a terminal that waits for the flood answers once
    loud.forget()


async def test_a_viewer_that_does_not_take_stops_nobody(account, tmp_path, reaper):
    reaper.install()
    command = ["/bin/sh", "-c", "stty raw; head -c 6000000 /dev/zero"]
    loud = open_terminal("one", reaper, account, str(tmp_path), ENVIRONMENT, command)
    slow, told = loud.attach(), 0
    await until(loud.ended.is_set, timeout=20)
    assert loud.history.end == 6_000_000
    while (part := await slow.next()) is not None:
        if isinstance(part, bytes):
            told += len(part)
        else:
            assert "offset" not in part, "nothing was lost: it lies on the disk"
    assert told == 6_000_000
    loud.forget()
