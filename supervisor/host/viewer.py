"""One who looks at a terminal: how far it has come, and what comes next for it.

Nothing is queued for a viewer. It has an offset, and takes what follows from the history when
its connection has room: a slow one costs nobody memory and misses nothing that is still held.
"""

import asyncio
from typing import Any

from supervisor.core.pacing import ENOUGH, Pacer
from supervisor.core.viewers import Seat
from supervisor.host.history import History

PIECE = 64 * 1024
"""Bytes of a message."""
WINDOW = 512 * 1024
"""Bytes that are sent ahead of what a viewer says that it has shown."""


class Viewer:
    """A place in the output. `offset` is that of the next byte to be sent."""

    def __init__(self, seat: Seat, history: History, offset: int) -> None:
        self.seat = seat
        self.offset = history.book.start(offset)
        self._history = history
        self._shown: int | None = None
        self._news = asyncio.Event()
        self._pausing = False
        self._told: dict[str, Any] = {}
        self._last: dict[str, Any] | None = None
        self._over = False
        self._pacer = Pacer(asyncio.get_running_loop().time())

    @property
    def taken(self) -> int:
        """How far it has come: what it has shown, or for who does not say, what was sent."""
        return self.offset if self._shown is None else self._shown

    def shown(self, offset: int) -> None:
        """It has shown everything below an offset, and wants to be sent little ahead of that."""
        self._shown = max(self._shown or 0, min(offset, self.offset))
        self._news.set()

    def tell(self, facts: dict[str, Any]) -> None:
        """Say something besides the output; of two facts with one name the newer counts."""
        self._told.update(facts)
        self._news.set()

    def end(self, facts: dict[str, Any]) -> None:
        """There will be no more output: say the last once everything has been sent."""
        self._last = facts
        self._news.set()

    def typed(self) -> None:
        """It has sent input, and the echo must not wait."""
        self._pacer.typed()
        self._news.set()

    def wake(self) -> None:
        """There is output."""
        if not self._pausing or self._history.end - self.offset >= ENOUGH:
            self._news.set()

    async def next(self) -> bytes | dict[str, Any] | None:
        """Wait for what has to be sent next: output, facts, or None after the last."""
        loop = asyncio.get_running_loop()
        while not self._over:
            self._news.clear()
            if self._told:
                told, self._told = self._told, {}
                return told
            waiting, room = self._history.end - self.offset, PIECE
            if self._shown is not None:
                room = min(room, self._shown + WINDOW - self.offset)
            if waiting == 0 and self._last is not None:
                self._over = True
                return self._last
            if waiting == 0 or room <= 0:
                await self._news.wait()
                continue
            pause = self._pacer.pause(waiting, loop.time())
            if pause == 0:
                return await self._output(room)
            self._pausing = True
            timer = loop.call_later(pause, self._news.set)
            try:
                await self._news.wait()
            finally:
                self._pausing = False
                timer.cancel()
        return None

    async def _output(self, room: int) -> bytes | dict[str, Any]:
        first, data = await self._history.read(self.offset, room)
        if first != self.offset:  # it was away for longer than the history reaches back
            self.offset = first
            return {"offset": first}
        self.offset += len(data)
        self._pacer.sent(asyncio.get_running_loop().time())
        return data
