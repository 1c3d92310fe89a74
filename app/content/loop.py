"""The loop over restore points: backs up, restores, clears; from rows alone, again and again."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Protocol

import structlog

from app.runtime.port import Unreachable

_log = structlog.get_logger(__name__)
EVERY = 1.0
"""Seconds between looks while a node is at work that cannot be followed."""
PERIOD = 5.0
"""Seconds between looks otherwise, and between attempts to follow the node."""
SOONEST = 0.2
"""Seconds between looks when one change follows the other."""


class Part(Protocol):
    """Something that looks what is to be done, and does it."""

    async def look(self) -> bool:
        """Tell whether a node is at work."""
        ...


class Moves(Protocol):
    """Something that tells when a node has moved."""

    def watch(self) -> AsyncGenerator[None, None]:
        """Yield at first, and at each move; raises Unreachable when cut."""
        ...


class Loop:
    """Lets each part look."""

    def __init__(
        self,
        parts: Sequence[Part],
        moves: Moves | None = None,
        aside: Sequence[Part] = (),
        every: float = EVERY,
        soonest: float = SOONEST,
        period: float = PERIOD,
    ) -> None:
        """`moves` tells when a node has moved on; without it, it is asked every so often.

        Parts `aside` may take as long as they like: the others do not wait for them.
        """
        self._parts = parts
        self._aside = aside
        self._moves = moves
        self._period = period
        self._followed = False
        self._every = every
        self._soonest = soonest
        self._moved = asyncio.Event()
        self._moved_aside = asyncio.Event()

    def wake(self) -> None:
        """Look soon."""
        self._moved.set()
        self._moved_aside.set()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            if self._moves is not None:
                group.create_task(self._follow(self._moves))
            if self._aside:
                group.create_task(self._look(self._aside, self._moved_aside))
            group.create_task(self._look(self._parts, self._moved))

    async def _follow(self, moves: Moves) -> None:
        """Look whenever the node has moved."""
        while True:
            try:
                async with aclosing(moves.watch()) as moved:
                    async for _ in moved:
                        self._followed = True
                        self.wake()
            except Unreachable as error:
                _log.info("node_unanswered", part="moves", detail=str(error))
            self._followed = False
            await asyncio.sleep(self._period)

    async def _look(self, parts: Sequence[Part], moved: asyncio.Event) -> None:
        while True:
            moved.clear()
            working = await _once(parts)
            await asyncio.sleep(self._soonest)
            try:
                often = working and not self._followed
                async with asyncio.timeout(self._every if often else self._period):
                    await moved.wait()
            except TimeoutError:
                continue

    async def once(self) -> bool:
        """Let every part look once; tells whether a node is at work."""
        return await _once([*self._parts, *self._aside])


async def _once(parts: Sequence[Part]) -> bool:
    working = False
    for part in parts:
        try:
            working |= await part.look()
        except Unreachable as error:
            _log.info("node_unanswered", part=type(part).__name__, detail=str(error))
        except Exception:  # noqa: BLE001 - the root of a task that must go on: the next look reads everything again
            _log.exception("look_failed", part=type(part).__name__)
    return working
