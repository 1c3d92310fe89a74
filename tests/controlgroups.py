"""Ending control groups that a test's daemon has made, without the daemon."""

import errno
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from tests.waiting import until


def end_groups(groups: Sequence[Path]) -> None:
    """Kill whoever is in these groups or below them, and remove them."""

    def ended() -> bool:
        files = [file for group in groups for file in group.rglob("cgroup.procs")]
        pids = {int(word) for file in files for word in file.read_text().split()}
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not pids

    until(ended)
    for group in groups:
        below = sorted(group.rglob("*"), key=lambda path: -len(path.parts))
        for folder in (*(one for one in below if one.is_dir()), group):
            until(partial(_removed, folder))


def _removed(group: Path) -> bool:
    """Remove a group, unless the kernel still counts a process that has ended."""
    try:
        group.rmdir()
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        return False
    return True
