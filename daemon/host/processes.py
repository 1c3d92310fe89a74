"""Processes of containers: found again by pid and start time, watched through a pidfd."""

import os
import signal
from pathlib import Path
from typing import Final

from daemon.core.record import start_time_of

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Return the id of this boot of the machine: pids of another one mean nothing."""
    return _BOOT.read_text().strip()


def start_time(pid: int) -> int | None:
    """Return when the process started, in ticks since boot; None when there is none."""
    try:
        return start_time_of(Path(f"/proc/{pid}/stat").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return None


def adopt(pid: int, started: int) -> int | None:
    """Return a pidfd of the very process that was started then, None when it is gone."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    # compared after the pidfd is open: from here on it cannot become another process
    if start_time(pid) != started:
        os.close(pidfd)
        return None
    return pidfd


def terminate(pidfd: int, number: signal.Signals) -> None:
    """Send a signal to the process; one that is gone already is fine."""
    try:
        signal.pidfd_send_signal(pidfd, number)
    except ProcessLookupError:
        return


def reap(pidfd: int) -> int | None:
    """Return the exit code (128 + signal when killed) of a dead child of ours.

    None when it is a child of an earlier daemon: then nobody can know.
    """
    try:
        found = os.waitid(os.P_PIDFD, pidfd, os.WEXITED | os.WNOHANG)
    except ChildProcessError:
        return None
    if found is None:
        return None
    if found.si_code == os.CLD_EXITED:
        return found.si_status
    return 128 + found.si_status


def close(pidfd: int) -> None:
    """Close a pidfd."""
    os.close(pidfd)
