"""How a task gets past the startup files that its shell reads first. Pure.

A `.bashrc` may wait, loop, run another shell or leave. A task waits for it so long; then what
it runs is interrupted and the shell asked to go on without it, and where even that leads
nowhere, another shell is started that reads none.
"""

import signal
from enum import Enum

PATIENCE = 20.0
"""Seconds in which startup files may do what they like."""
GRACE = 2.0
"""Seconds in which an interrupted shell may begin with its task."""


class Ask(Enum):
    """What is to be done about it now."""

    NOTHING = 0
    INTERRUPT = 1
    ANEW = 2
    """Start another shell."""


class Startup:
    """One shell; `now` is monotonic seconds, `code` its exit code as long as there is one."""

    def __init__(self, now: float, patience: float = PATIENCE, *, plain: bool = False) -> None:
        self._until = now + patience
        self._through = plain
        """There is nothing to wait for: a plain shell reads no startup files."""
        self._late = False

    @property
    def through(self) -> bool:
        """Whether nothing will be asked for any more."""
        return self._through

    def leave(self) -> None:
        """Whatever it waits for, nothing is begun any more."""
        self._through = True

    def look(self, now: float, *, begun: bool, code: int | None) -> Ask:
        """Take in whether the task has begun; each step is asked for once."""
        if self._through:
            return Ask.NOTHING
        if self._late and code == -signal.SIGUSR1:  # it was through in the moment it was asked
            begun = False
        if begun or (code is not None and code < 0 and not self._late):  # or somebody has ended it
            self._through = True
            return Ask.NOTHING
        if code is None and now < self._until:
            return Ask.NOTHING
        if code is None and not self._late:
            self._late, self._until = True, now + GRACE
            return Ask.INTERRUPT
        self._through = True
        return Ask.ANEW
