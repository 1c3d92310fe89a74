"""A lease in the database: one holder, an end by the database's clock, a number that grows.

Renewing is one statement and waits for no writer. Taking over waits for the writers' turn: what a
holder of before has begun to write is then written or will be refused, see `app.db.fencing`.
"""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy import TextClause, text
from sqlalchemy.exc import SQLAlchemyError

from app.db.sessions import Database

_log = structlog.get_logger(__name__)

_LOOK = text(
    "SELECT holder, number, expires > extract(epoch FROM clock_timestamp())"
    " FROM leases WHERE name = :name"
)
_RENEW = text(
    "UPDATE leases SET expires = extract(epoch FROM clock_timestamp()) + :length"
    " WHERE name = :name AND holder = :holder AND number = :number"
)
_TAKE = text(
    "INSERT INTO leases (name, holder, expires, number)"
    " VALUES (:name, :holder, extract(epoch FROM clock_timestamp()) + :length, 1)"
    " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires = excluded.expires,"
    " number = leases.number + 1"
    " WHERE leases.expires <= extract(epoch FROM clock_timestamp()) RETURNING number"
)
_FREE = text(
    "UPDATE leases SET expires = 0 WHERE name = :name AND holder = :holder AND number = :number"
)
_LIVE = text(
    "INSERT INTO leases (name, holder, expires, number)"
    " VALUES (:name, :holder, extract(epoch FROM clock_timestamp()) + :length, 1)"
    " ON CONFLICT (name) DO UPDATE SET expires = excluded.expires"
)
_LIVING = text(
    "SELECT holder FROM leases"
    " WHERE name LIKE :names AND expires > extract(epoch FROM clock_timestamp())"
)
_OVER = text(
    "DELETE FROM leases"
    " WHERE name LIKE :names AND expires < extract(epoch FROM clock_timestamp()) - :kept"
)
_LEFT = text("DELETE FROM leases WHERE name = :name")
_SERVERS = "server/"
LENGTH, EVERY = 30.0, 5.0
"""Seconds that a server's word lasts, and between its words."""
_KEPT = 3600.0
"""Seconds for which the row of a server that is gone stays, for people."""


class Lease:
    """One lease of a PostgreSQL, as one server sees it."""

    def __init__(self, database: Database, name: str, holder: str, length: float) -> None:
        """`length` is in seconds; `holder` is of one life of one process."""
        self._database = database
        self.name = name
        self.holder = holder
        self.length = length

    async def renew(self, number: int) -> bool:
        """Make it last for its length from now on; false when another has it."""
        return await self._do(_RENEW, number=number, length=self.length) == 1

    async def take(self) -> int | None:
        """Take it when nobody has it; returns the number of this term."""
        async with self._database.engine.connect() as connection:
            found = await connection.execute(_LOOK, {"name": self.name})
            row = found.one_or_none()
        if row is not None and row[2]:
            return None
        async with self._database.write() as session:
            told = {"name": self.name, "holder": self.holder, "length": self.length}
            number: int | None = await session.scalar(_TAKE, told)
        return number

    async def free(self, number: int) -> None:
        """Give it back: the next who looks has it."""
        await self._do(_FREE, number=number)

    async def _do(self, statement: TextClause, **values: float) -> int:
        async with self._database.engine.begin() as connection:
            told = {"name": self.name, "holder": self.holder, **values}
            return (await connection.execute(statement, told)).rowcount


class Servers:
    """Which servers live: each says so in a row of its own."""

    def __init__(self, database: Database, own: str, length: float = LENGTH) -> None:
        """`own` names this one, in this life; `length` in seconds is what one word lasts."""
        self._database = database
        self.own = own
        self._length = length
        self.living: frozenset[str] = frozenset({own})
        """As of the last look."""
        self.leads: Callable[[], bool] = lambda: True
        """Whether the loops that must run once run here."""

    def elsewhere(self, server: str) -> bool:
        """Tell whether that is another one, which lives."""
        return server != self.own and server in self.living

    async def run(self) -> None:
        """Say so, and look, until cancelled."""
        while True:
            try:
                await self.look()
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                _log.warning("servers_unknown", error=type(error).__name__)
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Say that this one lives, and look which others do."""
        async with self._database.engine.begin() as connection:
            name = f"{_SERVERS}{self.own}"
            told = {"name": name, "holder": self.own, "length": self._length}
            await connection.execute(_LIVE, told)
            found = await connection.execute(_LIVING, {"names": f"{_SERVERS}%"})
            self.living = frozenset(found.scalars().all()) | {self.own}
            await connection.execute(_OVER, {"names": f"{_SERVERS}%", "kept": _KEPT})

    async def leave(self) -> None:
        """Say that this one ends."""
        async with self._database.engine.begin() as connection:
            await connection.execute(_LEFT, {"name": f"{_SERVERS}{self.own}"})
