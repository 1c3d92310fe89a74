"""When a process that died starts again. Pure."""

from dataclasses import dataclass

FIRST = 0.1
LONGEST = 5.0
STEADY = 30.0
"""Seconds: first pause, longest pause, and the time up after which the pause is the first again."""
FAILING = 4
"""Deaths in a row after which something is wrong that another start will not mend."""


@dataclass(frozen=True, slots=True)
class Restarts:
    """How often a process has died: `count` in all, `streak` without a steady time between."""

    count: int = 0
    streak: int = 0

    def died(self, up: float) -> "Restarts":
        """Return the record after a death; `up` is how long it had run, in seconds."""
        return Restarts(self.count + 1, 1 if up >= STEADY else self.streak + 1)

    @property
    def pause(self) -> float:
        """Seconds to wait before the next start: 0.1, 0.2, 0.4 … 5."""
        if self.streak == 0:
            return 0.0
        # bounded, because a process may die for days
        return min(LONGEST, FIRST * 2.0 ** min(self.streak - 1, 10))
