"""Terminals as /proc shows them."""

import os
import signal
from pathlib import Path

from supervisor.host.opening import open_terminal
from supervisor.host.reaper import Reaper
from supervisor.host.shells import look
from tests.waiting import until


def process(proc: Path, pid: int, name: str, session: int, device: int, front: int) -> None:
    (proc / str(pid)).mkdir()
    stat = f"{pid} (a ) b) S 1 {pid} {session} {device} {front} 4194304 0"
    (proc / str(pid) / "stat").write_text(stat)
    (proc / str(pid) / "comm").write_text(f"{name}\n")


def test_each_session_with_a_terminal_is_one(tmp_path: Path):
    second = os.makedev(136, 2)
    process(tmp_path, 10, "bash", 10, os.makedev(136, 1), 10)
    process(tmp_path, 20, "bash", 20, second, 21)
    process(tmp_path, 21, "vim", 20, second, 21)
    process(tmp_path, 30, "daemon", 30, 0, -1)
    process(tmp_path, 40, "console", 40, os.makedev(4, 1), 40)
    (tmp_path / "50").mkdir()  # ended meanwhile
    (tmp_path / "uptime").touch()
    found = look({10: "task-1"}, str(tmp_path))
    assert [(one.id, one.title) for one in found] == [("task-1", "bash"), ("pts/2", "vim")]


async def test_a_real_shell_is_found_with_its_moment(account):
    reaper = Reaper()
    reaper.install()
    terminal = open_terminal("main", reaper, account, "/", dict(os.environ), ["/bin/cat"])
    try:
        found = await until(
            lambda: [one for one in look({terminal.pid: "main"}) if one.id == "main"]
        )
        assert found[0].title == "cat"
        assert found[0].last > 0
    finally:
        terminal.running.signal_group(signal.SIGKILL)
        await terminal.running.exited
        await until(lambda: terminal.closed)
