import os
import signal
import subprocess
import sys

from daemon.host import processes
from tests.daemon.caller import eventually

WAIT = [sys.executable, "-c", "import signal; signal.pause()"]


def test_a_process_is_adopted_by_pid_and_start_time():
    with subprocess.Popen(WAIT) as child:
        started = processes.start_time(child.pid)
        pidfd = processes.adopt(child.pid, started)
        assert pidfd is not None
        assert processes.adopt(child.pid, started + 1) is None
        processes.terminate(pidfd, signal.SIGKILL)
        assert eventually(lambda: processes.reap(pidfd)) == 137
        assert processes.reap(pidfd) is None
        processes.terminate(pidfd, signal.SIGKILL)
        processes.close(pidfd)
        child.returncode = -9
    assert processes.start_time(child.pid) is None
    assert processes.adopt(child.pid, started) is None


def test_an_exit_code():
    with subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"]) as child:
        pidfd = os.pidfd_open(child.pid)
        assert eventually(lambda: processes.reap(pidfd)) == 7
        child.returncode = 7
        processes.close(pidfd)


def test_a_child_of_somebody_else_cannot_be_reaped():
    pidfd = os.pidfd_open(1)
    assert processes.reap(pidfd) is None
    processes.close(pidfd)


def test_one_that_still_runs_has_no_code():
    with subprocess.Popen(WAIT) as child:
        pidfd = os.pidfd_open(child.pid)
        assert processes.reap(pidfd) is None
        processes.close(pidfd)
        child.kill()


def test_the_boot_has_an_id():
    assert len(processes.boot_id()) == 36
