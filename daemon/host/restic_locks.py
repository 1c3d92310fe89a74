"""Who may be at a repository at the same time; the kernel keeps it, whoever is killed.

restic's own locks are removed (`restic_tidy.take_over`), so these are what keeps two of its
processes apart. They are inherited by restic and end with the last that holds them: what a
killed daemon or helper has left behind is waited for, not run over.
"""

import fcntl
import os
from pathlib import Path
from typing import Any, Final

from daemon.host.restic_box import REPOSITORY
from daemon.host.restic_run import ResticFailed

IN_USE: Final = "somebody reads a restore point at this moment"
_READ: Final = f"{REPOSITORY}/data"
_TAKES_OUT: Final = "forget"


def take(plan: dict[str, Any]) -> None:
    """Wait until the plan's task may work. Raises ResticFailed, since a reader may take hours.

    One writes at a time; a backup only adds, which no reader minds; nothing is taken out
    beneath a reader.
    """
    if plan.get("writes"):
        _hold(REPOSITORY, fcntl.LOCK_EX)
    if not Path(_READ).is_dir():
        return
    if plan["task"] == _TAKES_OUT:
        try:
            _hold(_READ, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ResticFailed(IN_USE) from error
    elif not plan.get("writes"):
        _hold(_READ, fcntl.LOCK_SH)


def _hold(folder: str, how: int) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    os.set_inheritable(descriptor, True)
    fcntl.flock(descriptor, how)
