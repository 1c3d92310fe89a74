"""A circuit breaker: who has failed is not asked again until a trial has shown that it is back.

closed     it is asked; so many failures in a row open it
open       nobody asks; after a pause one trial may
half open  the trial runs: its success closes, its failure opens again

Pure: every method takes the time, monotonic seconds.
"""

from enum import StrEnum


class State(StrEnum):
    """Whether it is asked."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    """Opens after `failures` in a row; a trial is allowed every `pause` seconds."""

    def __init__(self, failures: int, pause: float) -> None:
        self.state = State.CLOSED
        self.since = float("-inf")
        """When the state was entered; -inf for the first."""
        self.opened = 0
        """Times that it went from closed to open."""
        self._failures = failures
        self._pause = pause
        self._in_a_row = 0

    @property
    def doubted(self) -> bool:
        """Whether the last thing heard was a failure."""
        return self._in_a_row > 0

    def failed(self, now: float) -> bool:
        """Note a failure; tell whether that opened it."""
        self._in_a_row += 1
        if self.state is State.HALF_OPEN:
            self._enter(State.OPEN, now)
        elif self.state is State.CLOSED and self._in_a_row >= self._failures:
            self._enter(State.OPEN, now)
            self.opened += 1
            return True
        return False

    def succeeded(self, now: float) -> bool:
        """Note a success; tell whether that closed it.

        While it is open only the trial counts: what was asked before may still be answered.
        """
        if self.state is State.OPEN:
            return False
        self._in_a_row = 0
        if self.state is State.HALF_OPEN:
            self._enter(State.CLOSED, now)
            return True
        return False

    def may_try(self, now: float) -> bool:
        """Tell whether to ask now; of an open one that is the trial, whose end must be told."""
        if self.state is State.OPEN and now - self.since >= self._pause:
            self._enter(State.HALF_OPEN, now)
            return True
        return self.state is State.CLOSED

    def _enter(self, state: State, now: float) -> None:
        self.state, self.since = state, now
