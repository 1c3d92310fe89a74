"""What one node has, followed: watched, and asked for anew every so often.

Every server follows its nodes; the one that leads also acts, see `app.runtime.loop`.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import structlog

from app.runtime.observe import Sight
from app.runtime.plan import Observed
from app.runtime.port import Observation, Runtime, Unreachable
from kit.clock import Clock
from kit.tasks import Tasks

_log = structlog.get_logger(__name__)

PERIOD = 10.0
"""Seconds between lists when nothing moves."""
PROBE = 1.0
"""Seconds between questions to a node that has left one unanswered."""
BACKOFF = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between attempts to reach the node, and between repetitions of one action."""


class Watching:
    """Looks at one node."""

    def __init__(self, runtime: Runtime, clock: Clock, period: float = PERIOD) -> None:
        self._runtime = runtime
        self._clock = clock
        self._period = period
        self._sight = Sight()
        self._moved = asyncio.Event()
        self._busy: set[str] = set()
        self._tasks = Tasks()
        self._listed = 0.0
        self._watching = False
        self.reachable = False

    def wake(self) -> None:
        """Ask for a look soon."""
        self._moved.set()

    def observed(self) -> Observed | None:
        """Return all that the node holds; None while it does not answer."""
        return self._sight.observed() if self.reachable and self._sight.complete else None

    async def follow(self) -> None:
        """Look what is there until cancelled, and do nothing about it: another server does."""
        self._forget()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch(), name="follower-watch")
                group.create_task(self._lists(), name="follower-lists")
        finally:
            await self._tasks.close()

    def _forget(self) -> None:
        """Begin anew: whoever is told now has been told nothing."""
        self._sight = Sight()
        self._busy.clear()
        self._listed = 0.0
        self.reachable = self._watching = False

    async def _lists(self) -> None:
        while True:
            self._moved.clear()
            often = self._ask()
            self._sight.news()  # nobody here is told
            with suppress(TimeoutError):
                async with asyncio.timeout(often):
                    await self._moved.wait()

    async def _watch(self) -> None:
        failures = 0
        while True:
            try:
                async for observation in self._runtime.watch():
                    failures = 0
                    self._watching = True
                    self._take(observation)
                    self._reached(yes=True)
            except Unreachable as error:
                _log.warning("node_unreachable", detail=str(error))
            self._watching = False
            self._reached(yes=False)
            await asyncio.sleep(BACKOFF[min(failures, len(BACKOFF) - 1)])
            failures += 1

    def _ask(self) -> float:
        """Have everything listed when it is time for that; returns how often it is."""
        now = self._clock.monotonic()
        # A node that hangs keeps its watch open and says nothing: asking is the only proof.
        often = self._period if self.reachable else min(PROBE, self._period)
        if (self.reachable or self._watching) and now - self._listed >= often:
            self._listed = now
            self._spawn("list", self._list())
        return often

    def _spawn(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if name in self._busy:
            work.close()
            return
        self._busy.add(name)

        async def owned() -> None:
            try:
                await work
            except Unreachable as error:
                _log.warning("call_unanswered", about=name, detail=str(error))
                self._reached(yes=False)
            finally:
                self._busy.discard(name)
                self.wake()

        self._tasks.spawn(owned(), f"reconciler-{name}")

    async def _list(self) -> None:
        asked = self._sight.tick
        self._take(await self._runtime.list(), asked)
        self._reached(yes=True)

    def _take(self, observation: Observation, asked: int | None = None) -> None:
        if self._sight.take(observation, self._clock.monotonic(), asked):
            self.wake()

    def _reached(self, *, yes: bool) -> None:
        if yes is self.reachable:
            return
        self.reachable = yes
        self._sight.complete = self._sight.complete and yes
        self.wake()
