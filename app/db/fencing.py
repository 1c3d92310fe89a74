"""The term of whoever leads, and that nothing of an older one is written.

A server that leads runs its loops in a context that carries the term. Every write transaction
that is begun there looks first whether the lease still has the term's number: it has the lock of
writers by then, and nobody takes a lease over without that lock. So whatever a server that was
paused goes on to write comes before its successor's first look, or is refused. What people ask
for is no loop's, carries no term, and may be written by every server.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_NUMBER = text("SELECT number FROM leases WHERE name = :name")


class Deposed(Exception):
    """Another server leads, or may by now: what was about to be done is not done."""


@dataclass(frozen=True, slots=True)
class Term:
    """One turn at leading."""

    lease: str
    number: int
    counts: Callable[[], bool]
    """Tells whether the lease lasts still, by this process's own clock."""


TERM: ContextVar[Term | None] = ContextVar("podium_term", default=None)
"""Of the loop that runs; None outside of such, and where one server has the database."""


def check_clock() -> None:
    """Raise Deposed when the term of this loop may be over."""
    term = TERM.get()
    if term is not None and not term.counts():
        raise Deposed(f"term {term.number} of {term.lease} is over")


async def check(session: AsyncSession) -> None:
    """Raise Deposed when the term of this loop is over; for a transaction that has the lock."""
    term = TERM.get()
    if term is None:
        return
    now = await session.scalar(_NUMBER, {"name": term.lease})
    if now != term.number:
        raise Deposed(f"term {term.number} of {term.lease} is over, {now} has begun")
