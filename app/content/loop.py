"""The loop over restore points: backs up, restores, clears; from rows alone, again and again."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from app.runtime.port import Unreachable

_log = structlog.get_logger(__name__)
EVERY = 1.0
"""Seconds between looks while a node is at work, which is how often people see progress."""
PERIOD = 5.0
"""Seconds between looks when none is."""
SOONEST = 0.2
"""Seconds between looks when one change follows the other."""


class Part(Protocol):
    """Something that looks what is to be done, and does it."""

    async def look(self) -> bool:
        """Tell whether a node is at work."""
        ...


class Loop:
    """Lets each part look."""

    def __init__(
        self, parts: Sequence[Part], every: float = EVERY, soonest: float = SOONEST
    ) -> None:
        self._parts = parts
        self._every = every
        self._soonest = soonest
        self._moved = asyncio.Event()

    def wake(self) -> None:
        """Look soon."""
        self._moved.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._moved.clear()
            working = await self.once()
            await asyncio.sleep(self._soonest)
            try:
                async with asyncio.timeout(self._every if working else PERIOD):
                    await self._moved.wait()
            except TimeoutError:
                continue

    async def once(self) -> bool:
        """Let every part look once; tells whether a node is at work."""
        working = False
        for part in self._parts:
            try:
                working |= await part.look()
            except Unreachable as error:
                _log.info("node_unanswered", part=type(part).__name__, detail=str(error))
            except Exception:  # noqa: BLE001 - the root of a task that must go on: the next look reads everything again
                _log.exception("look_failed", part=type(part).__name__)
        return working
