"""How fast output is read and sent. Pure; `now` is a monotonic clock's seconds.

Three speeds meet at a terminal: its program's, the disk's, and that of each viewer. A slow viewer
is given what it missed from the history. Two things remain:

- a flood of tiny writes must not become a flood of tiny messages: `Pacer`
- a program that writes faster than anybody can look, or the disk can keep, must not leave
  everybody behind, as with any terminal: `Brake`. Of the viewers only who is ahead counts, and
  viewer and disk only while they go on taking: a laptop that sleeps, a line that is too slow or
  a full disk must not stop a build.
"""

BURST = 8
"""Messages that may follow each other at once, so that keys and prompts never wait."""
GAP = 0.005
"""Seconds between messages in a flood."""
ENOUGH = 32 * 1024
"""Bytes that are sent at once, flood or not."""

LEAD = 2**20
"""Bytes that a program may be ahead of the viewer who is ahead, or of the disk."""
PATIENCE = 1.0
"""Seconds in which who is waited for has to take `LEAST` bytes."""
LEAST = 512 * 1024


class Pacer:
    """When one viewer's next message may go."""

    def __init__(self, now: float) -> None:
        self._may = float(BURST)
        self._at = now

    def pause(self, waiting: int, now: float) -> float:
        """Return the seconds for which what waits has to wait on."""
        self._refill(now)
        if waiting >= ENOUGH or self._may >= 1:
            return 0.0
        return (1 - self._may) * GAP

    def sent(self, now: float) -> None:
        """A message has gone."""
        self._refill(now)
        self._may = max(0.0, self._may - 1)

    def typed(self) -> None:
        """The viewer has sent input: its echo goes at once, whatever went before."""
        self._may = float(BURST)

    def _refill(self, now: float) -> None:
        self._may = min(float(BURST), self._may + max(0.0, now - self._at) / GAP)
        self._at = now


class Brake:
    """Whether a terminal's output is left where it is for the moment."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._then = 0
        self._given_up = False

    def holds(self, end: int, taken: int | None, now: float) -> bool:
        """Tell it; `taken` is how far who is waited for has come, None when there is nobody."""
        if taken is None or end - taken <= LEAD:
            self._since, self._given_up = None, False
        elif self._since is None:
            self._since, self._then = now, taken
        elif now - self._since >= PATIENCE:
            self._given_up = taken - self._then < LEAST
            self._since, self._then = now, taken
        return self._since is not None and not self._given_up
