"""Keeps the workspace awake while it is used, and says what `gp timeout` asks for.

Nothing is decided here: the server counts, and stops. Activity is input in a terminal, keys
and pointer in VS Code's window (its extension tells), and commands at work (host/work.py).
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from kit.durations import seconds_of
from supervisor.core.idle import Pulse
from wire.agent import (
    EXTENDED_TIMEOUT,
    LEAST_TIMEOUT,
    MOST_TIMEOUT,
    NO_TIMEOUT,
    Activity,
    Beats,
    Desired,
    TimeoutWish,
)


class Wake:
    """Beats and wishes for the server; `changed` is told of each new one."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._pulse = Pulse()
        self._timeout = ""
        self._stops: float | None = None
        self.awake: list[str] = []
        """What is at work now, for people."""
        self.wish: TimeoutWish | None = None

    @property
    def beats(self) -> Beats:
        """What has been counted."""
        return self._pulse.beats

    def active(self, activity: Activity) -> None:
        """Take in that somebody uses it."""
        if self._pulse.active(activity, time.monotonic()):
            self._changed()

    def used_terminal(self) -> None:
        """Take in input in a terminal."""
        self.active(Activity.TERMINAL)

    def at_work(self, awake: Sequence[str]) -> None:
        """Take in what is at work now."""
        news = self.awake != list(awake)
        self.awake = list(awake)
        if awake and self._pulse.active(Activity.WORK, time.monotonic()):
            news = True
        if news:
            self._changed()

    def receive(self, desired: Desired) -> None:
        """Take in which timeout counts; the moment is turned into a duration at once."""
        self._timeout = desired.timeout
        left = None if desired.stops_at is None else desired.stops_at - time.time()
        self._stops = None if left is None else time.monotonic() + left

    def told(self) -> dict[str, Any]:
        """Return what `gp timeout show` and the IDE's extension ask for; `left` in seconds.

        `left` is what would be left if nothing else happened, `awake` what is at work now.
        """
        return {"timeout": self._timeout, "left": self.left, "awake": self.awake}

    @property
    def left(self) -> float | None:
        """Seconds until it is stopped unless somebody uses it; None is for ever."""
        return None if self._stops is None else round(self._stops - time.monotonic(), 1)

    # --- wishes of programs inside; a ValueError is what the person reads ---

    def be_active(self, word: str) -> dict[str, Any]:
        """Take in activity that the extension saw."""
        if word not in {Activity.IDE, Activity.PERSON}:
            raise ValueError(f"{word[:20]!r} is no activity")
        self.active(Activity(word))
        return self.told()

    def set_timeout(self, text: str) -> dict[str, Any]:
        """Wish for a timeout."""
        wished = text.lower()
        if wished != NO_TIMEOUT:
            least, most = seconds_of(LEAST_TIMEOUT), seconds_of(MOST_TIMEOUT)
            if not least <= seconds_of(wished) <= most:
                raise ValueError(f"{wished} is not between {LEAST_TIMEOUT} and {MOST_TIMEOUT}")
        number = 1 if self.wish is None else self.wish.number + 1
        self.wish = TimeoutWish(number=number, timeout=wished)
        self._changed()
        return {"wished": wished}

    def extend(self) -> dict[str, Any]:
        """Wish for three hours, unless it has as much already."""
        now = self._timeout
        enough = now == NO_TIMEOUT or (now and seconds_of(now) >= seconds_of(EXTENDED_TIMEOUT))
        return self.set_timeout(now if enough else EXTENDED_TIMEOUT)
