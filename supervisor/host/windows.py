"""The IDE's windows, and what programs ask of them: to open files, to show an address.

A window is a browser tab with VS Code in it, as its extension listens for it. What is asked for
goes to the one that was used last, which says when it is done. Who waits until a file is closed
waits on when the window is reloaded: the next one is asked again.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

RETURN = 15.0
"""Seconds in which a window that has gone may be on its way back."""
ANSWER = 30.0
"""Seconds for a window to show what was asked for."""


class NoWindowError(Exception):
    """Nobody has the IDE open."""


class NotShownError(Exception):
    """The window could not do it; the text is for people."""


@dataclass(slots=True, eq=False)
class _Window:
    id: str
    queue: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)


@dataclass(slots=True, eq=False)
class _Asked:
    document: dict[str, Any]
    done: "asyncio.Future[None]"
    window: _Window | None = None


class Windows:
    """Those that listen, in the order in which they were used; the last one is asked."""

    def __init__(self) -> None:
        self._windows: list[_Window] = []
        self._asked: dict[int, _Asked] = {}
        self._number = 0
        self._left = float("-inf")

    def __len__(self) -> int:
        return len(self._windows)

    async def events(self, name: str) -> AsyncGenerator[dict[str, Any], None]:
        """Yield what a window is asked for, as long as it listens."""
        window = _Window(name)
        self._windows.append(window)
        for one in self._asked.values():
            if one.window is None:
                self._hand(one, window)
        try:
            while True:
                yield await window.queue.get()
        finally:
            self._windows.remove(window)
            self._left = asyncio.get_running_loop().time()
            for one in self._asked.values():
                if one.window is window:
                    self._hand(one, self._windows[-1] if self._windows else None)

    def used(self, name: str) -> None:
        """A person looks at this one."""
        for window in [one for one in self._windows if one.id == name]:
            self._windows.remove(window)
            self._windows.append(window)

    def done(self, number: int, fault: str = "") -> None:
        """Take in that what was asked for is done, or why it cannot be."""
        asked = self._asked.get(number)
        if asked is None or asked.done.done():
            return
        if fault:
            asked.done.set_exception(NotShownError(fault))
        else:
            asked.done.set_result(None)

    async def open(self, paths: list[str], *, wait: bool) -> None:
        """Open files; with `wait` return when all are closed again.

        Raises NoWindowError and NotShownError.
        """
        document = {"paths": paths, "wait": wait}
        await self._ask(document, None if wait else ANSWER)

    async def preview(self, url: str, *, external: bool) -> None:
        """Show an address, beside the editor or in a tab of its own; raises as `open`."""
        await self._ask({"preview": url, "external": external}, ANSWER)

    async def _ask(self, document: dict[str, Any], patience: float | None) -> None:
        loop = asyncio.get_running_loop()
        if not self._windows and loop.time() - self._left > RETURN:
            raise NoWindowError
        self._number += 1
        asked = _Asked({"number": self._number, **document}, loop.create_future())
        self._asked[self._number] = asked
        self._hand(asked, self._windows[-1] if self._windows else None)
        try:
            async with asyncio.timeout(patience):
                await asked.done
        except TimeoutError:
            raise NoWindowError from None
        finally:
            del self._asked[asked.document["number"]]

    def _hand(self, asked: _Asked, window: _Window | None) -> None:
        asked.window = window
        if window is not None:
            window.queue.put_nowait(asked.document)
