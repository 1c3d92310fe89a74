"""Dead children that nobody waits for are taken out of the table, and nobody else's."""

import os
import subprocess

from daemon.host.strays import reap, reap_strays
from kit.tasks import Tasks
from tests.waiting import until


def dead() -> int:
    """Return the pid of a child that has ended and has not been waited for."""
    pid = os.fork()
    if pid == 0:
        os._exit(3)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return pid


def is_child(pid: int) -> bool:
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def test_who_is_found_dead_twice_is_reaped():
    pid = dead()
    before = reap(frozenset())
    assert pid in {one for one, _started in before}
    assert is_child(pid), "somebody may still wait for it"
    assert pid not in {one for one, _started in reap(before)}
    assert not is_child(pid)


def test_who_lives_or_is_waited_for_is_left_alone():
    with subprocess.Popen(["sleep", "60"]) as alive:
        first = reap(frozenset())
        assert alive.pid not in {pid for pid, _started in first}
        reap(first)
        alive.kill()
        assert alive.wait() == -9, "its end is still to be had"


async def test_it_looks_again_and_again():
    pid, tasks = dead(), Tasks()
    tasks.spawn(reap_strays(0.01), "strays")
    try:
        await until(lambda: not is_child(pid))
    finally:
        await tasks.close()
