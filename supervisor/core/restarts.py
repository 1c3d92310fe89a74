"""When a crashed IDE starts again: at once at first, slowly when it crashes in a loop."""

from dataclasses import dataclass

WINDOW = 60.0
"""Seconds in which exits are counted."""
LIMIT = 5
"""Exits within the window that make a loop."""
SHORT = 0.2
LONG = 15.0
"""Seconds of rest, outside and inside a loop."""


@dataclass(frozen=True, slots=True)
class Restarts:
    """Exits so far; `exits` are monotonic seconds, oldest first."""

    exits: tuple[float, ...] = ()
    total: int = 0

    def exited(self, now: float) -> "Restarts":
        """Return the record after one more exit."""
        recent = tuple(one for one in self.exits if one > now - WINDOW)
        return Restarts((*recent, now)[-LIMIT:], self.total + 1)

    def failing(self, now: float) -> bool:
        """Tell whether it crashes in a loop."""
        return len([one for one in self.exits if one > now - WINDOW]) >= LIMIT

    def rest(self, now: float) -> float:
        """Return the seconds to wait before the next start."""
        return LONG if self.failing(now) else SHORT
