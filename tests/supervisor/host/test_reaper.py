"""Every child is waited for, also those that nobody started here."""

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from supervisor.host.reaper import Reaper
from tests.waiting import until

PR_SET_CHILD_SUBREAPER = 36


@pytest.fixture
def reaper() -> Reaper:
    return Reaper()


def spawn(code: str) -> int:
    return start(sys.executable, "-c", code)


def start(*command: str) -> int:
    process = subprocess.Popen(command)
    process.returncode = 0  # the reaper waits
    return process.pid


async def test_exit_codes_reach_those_who_wait(reaper):
    reaper.install()
    good = reaper.register(spawn("pass"))
    bad = reaper.register(spawn("raise SystemExit(7)"))
    killed = reaper.register(spawn("import os; os.kill(os.getpid(), 9)"))
    assert [await good, await bad, await killed] == [0, 7, -signal.SIGKILL]


async def test_orphans_of_others_are_collected(reaper, tmp_path):
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        reaper.install()
        note = tmp_path / "orphan"
        orphan = f"import os; open({str(note)!r}, 'w').write(str(os.getpid()))"
        parent = (
            "import subprocess, sys, os\n"
            f"subprocess.Popen([sys.executable, '-c', {orphan!r}]); os._exit(0)"
        )
        assert await reaper.register(spawn(parent)) == 0
        await until(lambda: note.exists() and note.read_text(), timeout=10)
        pid = int(note.read_text())
        await until(lambda: not Path(f"/proc/{pid}").exists(), timeout=10)
    finally:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


async def test_what_was_ignored_or_blocked_before_is_so_no_more(reaper):
    held = signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        reaper.install()
        for number in (signal.SIGINT, signal.SIGTERM):
            pid = start("sleep", "600")  # which has no handlers of its own that it sets first
            ended = reaper.register(pid)
            os.kill(pid, number)
            assert await ended == -number
    finally:
        signal.signal(signal.SIGINT, held)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())


async def test_without_children_nothing_happens(reaper):
    reaper.reap()


async def test_somebody_who_gave_up_waiting_is_no_error(reaper):
    reaper.install()
    future = reaper.register(pid := spawn("pass"))
    future.cancel()
    await until(lambda: not Path(f"/proc/{pid}").exists(), timeout=10)
