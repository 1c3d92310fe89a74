"""When an IDE that has exited starts again, and what is said of it. Pure.

At once after a single crash, so that nobody notices; each further one within a minute waits
longer, so that one that cannot run takes no processor from the terminals.
"""

import signal
from dataclasses import dataclass

from supervisor.core.said import plain

WINDOW = 60.0
"""Seconds in which exits are counted."""
RESTS = (0.2, 1.0, 2.0, 4.0, 15.0)
"""Seconds of rest after the first, second … exit within the window; the last one from then on."""
LIMIT = len(RESTS)
"""Exits within the window that make a loop."""

PROBE_EVERY = 10.0
PROBE_PATIENCE = 10.0
"""Seconds between two questions whether it still answers, and for which each waits."""
PROBES = 6
"""Questions without an answer, one after the other, after which it hangs and is ended: a minute
or two, in which no honest work of its single thread is that long."""


@dataclass(frozen=True, slots=True)
class Restarts:
    """Exits so far; `exits` are monotonic seconds, oldest first."""

    exits: tuple[float, ...] = ()
    total: int = 0
    why: str = ""
    """Of the last one, for people."""

    def exited(self, now: float, why: str = "") -> "Restarts":
        """Return the record after one more exit."""
        recent = tuple(one for one in self.exits if one > now - WINDOW)
        return Restarts((*recent, now)[-LIMIT:], self.total + 1, why)

    def failing(self, now: float) -> bool:
        """Tell whether it crashes in a loop."""
        return self._recent(now) >= LIMIT

    def rest(self, now: float) -> float:
        """Return the seconds to wait before the next start."""
        return RESTS[max(self._recent(now), 1) - 1]

    def told(self) -> str:
        """Return what is wrong while it fails."""
        return f"VS Code's server exits in a loop{self.why and f': {self.why}'}"

    def _recent(self, now: float) -> int:
        return len([one for one in self.exits if one > now - WINDOW])


def reason(code: int, *, hung: bool, log: bytes) -> str:
    """Return why it has exited; `code` is negative for a signal, `log` its output's end."""
    if hung:
        return f"it did not answer {PROBES} times, and was ended"
    how = f"exit code {code}" if code >= 0 else _signal(-code)
    shown = [plain(line) for line in log.decode(errors="replace").split("\n")]
    last = next((line for line in reversed(shown) if line.strip()), "")
    return f"{how}, after “{last}”" if last else how


def _signal(number: int) -> str:
    try:
        return f"ended by {signal.Signals(number).name}"
    except ValueError:
        return f"ended by signal {number}"
