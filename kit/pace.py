"""How often something may happen: so many times at once, then so many a second. Pure."""


class Pace:
    """A turn is taken at once, and is worth waiting for when there were too many before it."""

    def __init__(self, rate: float, burst: int) -> None:
        self._every = 1 / rate
        self._ahead = burst / rate
        self._taken = 0.0

    def wait(self, now: float) -> float:
        """Take a turn; returns the seconds until it begins. `now` never goes back."""
        self._taken = max(self._taken, now) + self._every
        return max(0.0, self._taken - self._ahead - now)
