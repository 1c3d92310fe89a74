"""What keeps the workspace awake, and what is wished for."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor.host.wake import Wake, read_process
from tests.supervisor.samples import wish
from tests.waiting import until
from wire.agent import Activity, Beats


class Told:
    def __init__(self) -> None:
        self.times = 0
        self.wake = Wake(self.tell)

    def tell(self) -> None:
        self.times += 1


def test_activity_is_told_once_for_a_while() -> None:
    told = Told()
    told.wake.used_terminal()
    told.wake.be_active("ide")
    assert told.times == 1
    assert told.wake.beats == Beats(count=1, last=Activity.TERMINAL)
    with pytest.raises(ValueError, match="no activity"):
        told.wake.be_active("port")


def test_what_is_left_is_a_duration_from_its_receipt() -> None:
    wake = Told().wake
    assert wake.told() == {"timeout": "", "left": None}
    wake.receive(wish(timeout="30m", stops_at=time.time() + 60))
    told = wake.told()
    assert told["timeout"] == "30m"
    assert 50 < told["left"] <= 60
    wake.receive(wish(timeout="none"))
    assert wake.told() == {"timeout": "none", "left": None}


def test_a_timeout_is_wished_for_once_for_each_number() -> None:
    told = Told()
    assert told.wake.set_timeout("2H") == {"wished": "2h"}
    told.wake.set_timeout("none")
    assert told.wake.wish is not None
    assert (told.wake.wish.number, told.wake.wish.timeout) == (2, "none")
    for wrong in ("", "1", "25h", "9s", "5hrs"):
        with pytest.raises(ValueError, match=r"duration|between"):
            told.wake.set_timeout(wrong)
    assert told.times == 2


@pytest.mark.parametrize(
    ("now", "then"),
    [("", "180m"), ("30m", "180m"), ("180m", "180m"), ("8h", "8h"), ("none", "none")],
)
def test_extending_never_shortens(now: str, then: str) -> None:
    wake = Told().wake
    wake.receive(wish(timeout=now))
    assert wake.extend() == {"wished": then}


def test_a_process_is_read_and_one_that_is_gone_is_none() -> None:
    found = read_process("/proc/self")
    assert found is not None
    assert (found.pid, found.session) == (os.getpid(), os.getsid(0))
    assert found.parent == os.getppid()
    assert found.used > 0
    assert b"python" in found.command
    assert read_process("/proc/0") is None


@pytest.fixture
def busy() -> Iterator[int]:
    """A program that computes."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    yield process.pid
    process.kill()
    process.wait()


async def test_a_program_at_work_is_activity(tmp_path: Path, busy: int) -> None:
    """/proc holds the one program."""
    (tmp_path / str(busy)).symlink_to(f"/proc/{busy}")
    told = Told()
    wake = Wake(told.tell, proc=str(tmp_path))
    watching = asyncio.get_running_loop().create_task(wake.watch(lambda: 0, every=0.05))
    await until(lambda: told.times == 1)
    watching.cancel()
    await asyncio.wait([watching])
    assert wake.beats == Beats(count=1, last=Activity.WORK)
