"""Keeps the workspace awake while it is used, and says what `gp timeout` asks for.

Nothing is decided here: the server counts, and stops. Activity is input in a terminal, keys
and pointer in VS Code's window (its extension tells), and programs that use the processor.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from kit.durations import seconds_of
from supervisor.core.idle import BEAT_EVERY, Process, Pulse, at_work, programs
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

IDE_FOLDER = b"/ide/"
_TICKS = os.sysconf("SC_CLK_TCK")


class Wake:
    """Beats and wishes for the server; `changed` is told of each new one."""

    def __init__(self, changed: Callable[[], None], proc: str = "/proc") -> None:
        self._changed = changed
        self._proc = proc
        self._pulse = Pulse()
        self._timeout = ""
        self._stops: float | None = None
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

    def receive(self, desired: Desired) -> None:
        """Take in which timeout counts; the moment is turned into a duration at once."""
        self._timeout = desired.timeout
        left = None if desired.stops_at is None else desired.stops_at - time.time()
        self._stops = None if left is None else time.monotonic() + left

    def told(self) -> dict[str, Any]:
        """Return what `gp timeout show` and the IDE's extension ask for; `left` in seconds."""
        left = None if self._stops is None else round(self._stops - time.monotonic(), 1)
        return {"timeout": self._timeout, "left": left}

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

    # --- programs ---

    async def watch(self, ide: Callable[[], int], every: float = BEAT_EVERY) -> None:
        """Look for ever whether programs are at work; `ide` gives the pid of the IDE, or 0."""
        before, at = programs(self._look(), ide(), IDE_FOLDER), time.monotonic()
        while True:
            await asyncio.sleep(every)
            after, now = programs(self._look(), ide(), IDE_FOLDER), time.monotonic()
            if at_work(before, after, now - at):
                self.active(Activity.WORK)
            before, at = after, now

    def _look(self) -> Iterator[Process]:
        for name in os.listdir(self._proc):  # noqa: PTH208 - lean start, no pathlib
            if name.isdecimal():
                found = read_process(f"{self._proc}/{name}")
                if found is not None:
                    yield found


def read_process(folder: str) -> Process | None:
    """Return what a folder of /proc tells; None when the process is gone."""
    try:
        with open(f"{folder}/stat", "rb") as file:  # noqa: PTH123 - lean start, no pathlib
            stat = file.read()
        with open(f"{folder}/cmdline", "rb") as file:  # noqa: PTH123 - lean start, no pathlib
            command = file.read(4096)
    except OSError:
        return None
    # The name, in parentheses, may hold anything: numbers begin after the last one (proc(5)).
    pid = int(stat.partition(b" ")[0])
    fields = stat.rpartition(b")")[2].split()
    used = sum(int(one) for one in fields[11:15]) / _TICKS
    return Process(pid, int(fields[3]), command, used, int(fields[1]))
