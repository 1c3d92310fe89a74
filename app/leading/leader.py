"""Leads, or stands by: the loops that must run once run where the lease is.

Who leads renews its lease every second. What it could not renew it gives up by its own clock,
before anybody else may have it by the database's. Who stands by looks twice a second whether
the lease is free. A leader that is killed is followed within the lease's length and half a second;
one that ends orderly gives the lease back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.db.fencing import TERM, Deposed, Term
from app.leading.lease import Lease
from kit.clock import Clock
from kit.tasks import Tasks

_log = structlog.get_logger(__name__)

LENGTH = 4.0
"""Seconds of a lease; with the look of who stands by, a killed leader is followed in below 5."""
RENEW = 1.0
"""Seconds between renewals: three may fail."""
LOOK = 0.5
"""Seconds between looks of who stands by."""
_AWAY = (SQLAlchemyError, OSError, TimeoutError, Deposed)

Loops = Mapping[str, Callable[[], Coroutine[Any, Any, None]]]
"""What runs until it is cancelled, by name; begun anew with each term."""


class Leader:
    """One server's part in it."""

    def __init__(
        self,
        lease: Lease,
        clock: Clock,
        loops: Loops,
        aside: Loops,
        begins: Callable[[], Awaitable[None]],
    ) -> None:
        """`aside` runs while another one leads; `begins` is awaited before the loops of a term."""
        self._lease = lease
        self._clock = clock
        self._loops = loops
        self._aside = aside
        self._begins = begins
        self._until = 0.0
        self._resigned = False
        self._moved = asyncio.Event()
        self.number: int | None = None
        """Of the term; None while another one leads, or nobody."""

    @property
    def leads(self) -> bool:
        """Whether the loops run here."""
        return self.number is not None

    def wake(self) -> None:
        """Look now whether the lease is free."""
        self._moved.set()

    def resign(self) -> None:
        """Have `run` end, with the lease given back."""
        self._resigned = True
        self._moved.set()

    async def run(self) -> None:
        """Lead whenever it can be had, until cancelled or resigned."""
        while not self._resigned:
            number = await self._stand_by()
            if number is not None:
                await self._lead(number)

    async def _stand_by(self) -> int | None:
        tasks, begun = Tasks(), False
        try:
            while not self._resigned:
                asked = self._clock.monotonic()
                try:
                    number = await self._lease.take()
                except _AWAY as error:
                    _log.warning("lease_unknown", error=type(error).__name__)
                    number = None
                if number is not None:
                    self._until = asked + self._lease.length
                    return number
                if not begun:
                    self._spawn(tasks, self._aside)
                    begun = True
                await self._pause(LOOK)
            return None
        finally:
            await tasks.close()

    async def _lead(self, number: int) -> None:
        tasks = Tasks()
        self.number = number
        _log.info("leads", number=number)
        try:
            begun = tasks.spawn(self._begin(tasks, number), "term")
            await self._hold(number, begun)
        finally:
            self.number = None
            await tasks.close()
            _log.info("leads_no_more", number=number)
        with suppress(*_AWAY):
            await self._lease.free(number)

    async def _begin(self, tasks: Tasks, number: int) -> bool:
        """Begin the loops, which have the context of this task; false when it cannot be done."""
        TERM.set(Term(self._lease.name, number, self._counts))
        try:
            await self._begins()
        except _AWAY as error:
            _log.warning("term_not_begun", number=number, error=type(error).__name__)
            self._moved.set()
            return False
        self._spawn(tasks, self._loops)
        return True

    async def _hold(self, number: int, begun: asyncio.Task[bool]) -> None:
        """Renew the lease until it is another's, may be, or is not wanted any more."""
        while not self._resigned and not (begun.done() and not begun.result()):
            await self._pause(RENEW)
            asked = self._clock.monotonic()
            try:
                async with asyncio.timeout(max(0.0, self._until - asked)):
                    held = await self._lease.renew(number)
            except _AWAY as error:
                _log.warning("lease_not_renewed", number=number, error=type(error).__name__)
                held = True  # as far as anybody knows
            else:
                if held and self._counts():
                    self._until = asked + self._lease.length
            if not held or not self._counts():
                return

    def _counts(self) -> bool:
        return self._clock.monotonic() < self._until

    def _spawn(self, tasks: Tasks, loops: Loops) -> None:
        for name, loop in loops.items():
            tasks.spawn(loop(), name)

    async def _pause(self, seconds: float) -> None:
        self._moved.clear()
        if self._resigned:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._moved.wait()
