"""Telling a process from another one that got its pid later: pid and start time together."""

import os
import select
import signal
import time
from pathlib import Path

from msgspec import Struct


class Process(Struct, frozen=True):
    """A process on this host; `started` is in clock ticks since boot."""

    pid: int
    started: int

    def alive(self) -> bool:
        """Tell whether this very process still runs (a zombie does not)."""
        return start_time(self.pid) == self.started

    def uid(self) -> int | None:
        """Return whom it runs as, None when it is gone."""
        try:
            return Path(f"/proc/{self.pid}").stat().st_uid
        except FileNotFoundError:
            return None

    def age(self) -> float:
        """Return the seconds since it was started."""
        up = float(Path("/proc/uptime").read_text().split()[0])
        return max(0.0, up - self.started / os.sysconf("SC_CLK_TCK"))

    def since(self) -> float:
        """Return when it was started, in seconds since 1970."""
        return time.time() - self.age()


def start_time(pid: int) -> int | None:
    """Return field 22 of /proc/<pid>/stat, None for a process that is gone or a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else int(fields[19])


def of(pid: int) -> Process | None:
    """Return the identity of a running process."""
    started = start_time(pid)
    return None if started is None else Process(pid, started)


def end(process: Process, patience: float) -> None:
    """End a process: TERM, and KILL when it has not ended within `patience` seconds."""
    try:
        handle = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return
    try:
        # The descriptor pins the process, so that nobody else can be meant after this look.
        if not process.alive():
            return
        for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
            signal.pidfd_send_signal(handle, number)
            if select.select([handle], [], [], seconds)[0]:
                return
    except ProcessLookupError:
        return
    finally:
        os.close(handle)
