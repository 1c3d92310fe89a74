"""Starts a shell on a new pseudo-terminal."""

import fcntl
import os
import termios
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from supervisor.core.listing import Facts
from supervisor.core.viewers import FIRST, Size
from supervisor.host.history import History
from supervisor.host.processes import Account, start
from supervisor.host.pty import open_pty
from supervisor.host.reaper import Reaper
from supervisor.host.rings import FileRing
from supervisor.host.terminal import Terminal


def open_terminal(
    name: str,
    reaper: Reaper,
    account: Account,
    cwd: str,
    environment: Mapping[str, str],
    command: Sequence[str],
    used: Callable[[], None] = lambda: None,
    *,
    over: Callable[[], None] = lambda: None,
    kept: str = "",
    size: Size = FIRST,
    **facts: Any,
) -> Terminal:
    """Start a shell on a new pseudo-terminal; raises OSError when it cannot start.

    `used` is told of every input, `over` of the end; `kept` is the folder for what memory does
    not hold; `facts` are those of Facts.
    """
    master, slave = open_pty(size)
    try:
        running = start(
            reaper,
            command,
            account,
            cwd=cwd,
            environment={**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            stdin=slave,
            output=slave,
            controlling=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
    except OSError:
        os.close(master)
        raise
    finally:
        os.close(slave)
    history = History(FileRing(kept or account.home, account), name)
    return Terminal(name, master, running, Facts(command, cwd, **facts), history, used, over, size)
