"""Makes a shell go on that is held up by what its startup files run."""

import os
import signal
from contextlib import suppress

from supervisor.host.shells import stat


def interrupt(shell: int, proc: str = "/proc") -> None:
    """Ask a shell to go on, and interrupt what it waits for.

    What it has put into the background stays: without job control, as in startup files, shells
    let that ignore interruptions, and with it it has a group of its own.
    """
    with suppress(ProcessLookupError, PermissionError):
        os.kill(shell, signal.SIGUSR1)  # before: it looks at signals when what it waits for ends
    for pid in waited_for(shell, proc):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGINT)


def waited_for(shell: int, proc: str = "/proc") -> list[int]:
    """Return the processes of the shell's own group and of the one in front, without the shell."""
    own = stat(f"{proc}/{shell}/stat")
    if len(own) < 6:
        return []
    groups = {own[2], own[5]}
    found = []
    for pid in os.listdir(proc):  # noqa: PTH208 - lean start, no pathlib
        if pid.isdecimal() and int(pid) != shell:
            fields = stat(f"{proc}/{pid}/stat")
            # of its session alone: a group in front is whatever the terminal's holder says
            if len(fields) > 3 and fields[2] in groups and fields[3] == own[3]:
                found.append(int(pid))
    return found
