"""Hints inside the server: something has a new version, look again. Not a truth, not a log."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from msgspec import Struct

BACKLOG = 200
"""Hints a subscriber may be behind; more than that, and it is told to look at everything."""


class Hint(Struct, frozen=True, kw_only=True):
    """A thing has changed."""

    topic: str
    """workspace, or session when one has ended."""
    id: str
    version: int
    owner: str
    """User id of who may be told."""


class Subscription:
    """The hints of one listener, in order. Lives in one event loop."""

    def __init__(self, backlog: int = BACKLOG) -> None:
        self._backlog = backlog
        self._hints: list[Hint] = []
        self._missed = False
        self._ready = asyncio.Event()

    def offer(self, hint: Hint) -> None:
        """Add a hint without waiting; when there are too many, all are lost and that is told."""
        if len(self._hints) >= self._backlog:
            self._hints.clear()
            self._missed = True
        if not self._missed:
            self._hints.append(hint)
        self._ready.set()

    def miss(self) -> None:
        """Note that hints may have been lost on their way here."""
        self._hints.clear()
        self._missed = True
        self._ready.set()

    async def wait(self) -> None:
        """Return as soon as `take` has something to give."""
        await self._ready.wait()

    def take(self) -> tuple[list[Hint], bool]:
        """Return all hints since the last call, and whether some were lost."""
        taken = self._hints, self._missed
        self._hints, self._missed = [], False
        self._ready.clear()
        return taken


class Hints:
    """Passes hints on to whoever listens now, here and on other servers."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self.carry: Callable[[Hint], None] | None = None
        """Tells the other servers; None where there is one."""

    def publish(self, hint: Hint) -> None:
        """Tell everybody; never blocks."""
        self.offer(hint)
        if self.carry is not None:
            self.carry(hint)

    def offer(self, hint: Hint) -> None:
        """Tell everybody who is connected to this server."""
        for subscription in self._subscriptions:
            subscription.offer(hint)

    def miss(self) -> None:
        """Have everybody who is connected here look at everything."""
        for subscription in self._subscriptions:
            subscription.miss()

    @asynccontextmanager
    async def subscribe(self, backlog: int = BACKLOG) -> AsyncIterator[Subscription]:
        """Listen from now on."""
        subscription = Subscription(backlog)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
