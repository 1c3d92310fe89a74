"""Engine and transactions.

Two kinds of transaction: `read` (concurrent, sees one moment) and `write` (one at a
time, takes the write lock at its beginning so that it can never fail half-way because
somebody else wrote). On SQLite the lock is the file's, on PostgreSQL an advisory one of
the database, which all replicas of the server share: what a writer has read is so until
it commits, on both.
"""

from asyncio import Lock, wait
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from app.db.fencing import check, check_clock
from app.db.patient import GivenUp, connect

_BUSY_MILLISECONDS = 5000
_BEGIN = "podium_begin"
WRITERS = 0x506F6469756D
"""Name of the advisory lock that writers of a PostgreSQL database take."""
PATIENCE: dict[str, Any] = {
    "timeout": 10.0,
    "command_timeout": 60.0,
    "server_settings": {
        "idle_in_transaction_session_timeout": "30000",
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "4",
        "tcp_user_timeout": "30000",
    },
}
"""Of connections to a server, seconds here and milliseconds there: a process or a machine that
hangs in the middle of a transaction holds up the writers of all others no longer than that."""
_WRITE = text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=WRITERS)


def make_engine(url: str, given_up: GivenUp) -> AsyncEngine:
    """Make the engine; SQLite gets WAL, foreign keys, patience and explicit transactions."""
    place = make_url(url)
    if place.get_backend_name() != "sqlite":
        return create_async_engine(
            url, pool_pre_ping=True, isolation_level="READ COMMITTED", connect_args=PATIENCE
        )
    engine = create_async_engine(
        url, async_creator=partial(connect, place.database or "", given_up)
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_MILLISECONDS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE"))


_PLAIN = {_BEGIN: "BEGIN"}
_MOMENT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Database:
    """Hands out sessions; owns the engine."""

    def __init__(self, url: str) -> None:
        self._given_up: GivenUp = set()
        self.engine = make_engine(url, self._given_up)
        self.shared = self.engine.dialect.name == "postgresql"
        """Whether other servers may have it too."""
        self.wrote: Callable[[], None] | None = None
        """Called after each write; never raises."""
        reading = self.engine.execution_options(**(_MOMENT if self.shared else _PLAIN))
        self._write = async_sessionmaker(self.engine, expire_on_commit=False)
        self._read = async_sessionmaker(reading, expire_on_commit=False, autoflush=False)
        # Waiting in this process is fair and has no time-out; SQLite's own wait is neither.
        self._writer = Lock()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads. Raises Deposed in the loops of who leads no more."""
        check_clock()
        async with self._read() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session whose changes are committed at the end, or rolled back by a raise.

        Raises Deposed in the loops of who leads no more.
        """
        async with self._writer, self._write() as session, session.begin():
            if self.shared:
                await session.execute(_WRITE)
                await check(session)
            yield session
        if self.wrote is not None:
            self.wrote()

    async def close(self) -> None:
        """Close every connection, and wait for those that were given up."""
        await self.engine.dispose()
        if self._given_up:  # their threads would speak to a loop that is no more
            await wait(self._given_up)
