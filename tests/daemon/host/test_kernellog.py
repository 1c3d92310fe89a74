"""The kernel's log is followed, where it may be read."""

import os
from pathlib import Path

from daemon.core.kernellog import Kill
from daemon.host.kernellog import KernelLog
from tests.waiting import until

KILL = (
    "6,5,9,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,"
    "oom_memcg=/p/w.1,task_memcg=/p/w.1,task=tail,pid=7,uid=9\n"
)


async def test_kills_are_told_as_they_happen(tmp_path: Path) -> None:
    """A pipe stands for the device: one record is one read of it."""
    path, told = tmp_path / "kmsg", list[Kill]()
    os.mkfifo(path)
    log = KernelLog(told.append, str(path))
    log.open()
    with path.open("w") as writer:
        writer.write(KILL)
        writer.flush()
        await until(lambda: told == [Kill(5, "/p/w.1", "tail")])
    log.close()
    log.close()


async def test_a_log_that_may_not_be_read_is_no_fault(tmp_path: Path) -> None:
    for name in ("nothing", "file"):
        log = KernelLog(lambda _: None, str(tmp_path / name))
        log.open()
        log.close()
        (tmp_path / "file").write_text("x")
