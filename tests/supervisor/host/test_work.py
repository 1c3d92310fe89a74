"""What is at work: real shells on real terminals, and what /proc tells of them."""

import asyncio
import os
import pty
import signal
import subprocess
import sys
import tty
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from supervisor.host.foreground import group
from supervisor.host.wake import Wake
from supervisor.host.work import Seen, Work, read_process
from tests.waiting import until
from wire.agent import Activity, Beats

SERVER = """
import pathlib, signal, socket, sys
listens = socket.create_server(("127.0.0.1", 0))
pathlib.Path(sys.argv[1]).touch()
signal.pause()
"""


class Shell:
    """An interactive shell on a terminal of its own."""

    def __init__(self) -> None:
        self.pid, self.master = pty.fork()
        if not self.pid:
            os.execvp("bash", ["bash", "--norc"])  # noqa: S606 - as anybody would
        until(lambda: group(self.master) == self.pid)

    def type(self, line: str) -> None:
        os.write(self.master, f"{line}\n".encode())

    def close(self) -> None:
        front = group(self.master)
        if front:  # a group 0 would be our own
            os.killpg(front, signal.SIGKILL)
        os.close(self.master)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


@pytest.fixture
def shell() -> Iterator[Shell]:
    made = Shell()
    yield made
    made.close()


def looks(work: Work, seen: Seen, shell: Shell) -> Callable[[], list[str]]:
    """Return what is at work in one shell; other terminals of this machine are not ours."""
    known = replace(seen, own={shell.pid: "main"})
    return lambda: [one for one in work.look(known) if "terminal 1" in one or "named" in one]


def test_a_process_is_read_and_one_that_is_gone_is_none() -> None:
    found = read_process("/proc/self")
    assert found is not None
    assert (found.pid, found.session, found.group) == (os.getpid(), os.getsid(0), os.getpgrp())
    assert found.parent == os.getppid()
    assert found.used > 0
    assert 0 <= found.age < 86400
    assert b"python" in found.command
    assert read_process("/proc/0") is None


async def test_a_command_that_waits_is_work_and_a_prompt_is_none(shell: Shell) -> None:
    at_work = looks(Work(Wake(lambda: None)), Seen(limit=3600), shell)
    shell.type("sleep 98765")
    await until(lambda: at_work() == ["sleep 98765 in terminal 1"])
    shell.type("\x03")
    await until(lambda: at_work() == [])


async def test_what_asks_for_keys_or_serves_is_none(shell: Shell) -> None:
    work = Work(Wake(lambda: None))
    at_work = looks(work, Seen(limit=3600), shell)
    shell.type("sleep 98765")
    await until(lambda: at_work() != [])
    tty.setraw(shell.master)
    assert at_work() == []


async def test_what_listens_is_none(shell: Shell, tmp_path: Path) -> None:
    at_work = looks(Work(Wake(lambda: None)), Seen(limit=3600), shell)
    (tmp_path / "server.py").write_text(SERVER)
    shell.type(f"{sys.executable} {tmp_path}/server.py {tmp_path}/listens")
    await until((tmp_path / "listens").exists)
    assert group(shell.master) != shell.pid
    await until(lambda: at_work() == [])
    shell.type("\x03")


async def test_a_command_that_is_over_its_limit_is_none_unless_it_is_named(shell: Shell) -> None:
    shell.type("sleep 98764")
    work = Work(Wake(lambda: None))
    at_work = looks(work, Seen(limit=3600, named=["sleep 98764"]), shell)
    await until(lambda: at_work() == ["sleep 98764 in terminal 1"])
    assert looks(work, Seen(limit=0), shell)() == []
    assert looks(work, Seen(limit=0, named=["sleep 9876*4"]), shell)() == at_work()


async def test_a_named_command_is_work_without_a_terminal() -> None:
    process = await asyncio.create_subprocess_exec("sleep", "98763", start_new_session=True)
    work = Work(Wake(lambda: None))
    await until(lambda: work.look(Seen(named=["sleep 98763"])) != [])
    assert "sleep 98763, named in .gitpod.yml" in work.look(Seen(named=["sleep 98763"]))
    process.kill()
    await process.wait()


@pytest.fixture
def busy() -> Iterator[int]:
    """A program that computes."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    yield process.pid
    process.kill()
    process.wait()


async def test_a_program_that_computes_is_activity(tmp_path: Path, busy: int) -> None:
    """/proc holds the one program."""
    (tmp_path / str(busy)).symlink_to(f"/proc/{busy}")
    wake = Wake(lambda: None)
    work = Work(wake, proc=str(tmp_path))
    watching = asyncio.get_running_loop().create_task(work.watch(Seen, every=0.05, over=0.05))
    await until(lambda: wake.beats.count == 1)
    watching.cancel()
    await asyncio.wait([watching])
    assert wake.beats == Beats(count=1, last=Activity.WORK)
    assert wake.awake == [f"{Path(sys.executable).name} uses the processor"]
