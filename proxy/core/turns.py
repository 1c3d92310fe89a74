"""Requests to the platform's own services: how many of one address are in work at once. Pure.

The server works requests off one after the other, so whoever sends hundreds at once would make
everybody wait. Those that are too many wait for their turn here, where that costs nobody
anything: they are answered a little later, and only who waits too long is told to come again. A
tunnel is in work until it is granted.
"""

LEAST = 16
"""Of an address at each of several workers, among which the kernel does not deal evenly."""


class Turns:
    """Requests in work by service and address; `most` of each, and 0 is no limit."""

    def __init__(self, most: int = 0, workers: int = 1) -> None:
        self._most = most if workers <= 1 else min(most, max(LEAST, most // workers))
        self._of: dict[str, int] = {}

    def full(self, turn: str) -> bool:
        """Tell whether another one has to wait."""
        return 0 < self._most <= self._of.get(turn, 0)

    def come(self, turn: str) -> None:
        """Count one more, for which `go` has to follow; an empty one is not counted."""
        if turn and self._most:
            self._of[turn] = self._of.get(turn, 0) + 1

    def go(self, turn: str) -> bool:
        """Count one less, unless somebody may wait for its place: true, and `free` has to follow.

        Until then the place is taken, so that nobody comes in between.
        """
        if not turn or not self._most:
            return False
        if self.full(turn):
            return True
        self.free(turn)
        return False

    def free(self, turn: str) -> None:
        """Count one less."""
        left = self._of[turn] - 1
        if left:
            self._of[turn] = left
        else:
            del self._of[turn]
