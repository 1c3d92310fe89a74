"""SQLite connections that give up their locks when they are given up.

A task that is cancelled within a transaction leaves a connection that SQLAlchemy
closes. SQLite only forgets a closed connection when its last statement is gone, and a
statement lives as long as a cursor in some traceback does: until then the transaction,
and with it the write lock of the whole database, would stay. So roll back, then close.
"""

import asyncio
import sqlite3

import aiosqlite

GivenUp = set[asyncio.Future[None]]
"""What connections that nobody waited for are still at."""


class PatientConnection(aiosqlite.Connection):
    """A connection that ends its transaction before it is closed."""

    given_up: GivenUp

    def stop(self) -> asyncio.Future[None] | None:
        """Close without waiting: what SQLAlchemy does when a task was cancelled."""
        self._tx.put_nowait((None, self._end))
        ended = super().stop()
        if ended is not None:
            self.given_up.add(ended)
            ended.add_done_callback(self.given_up.discard)
        return ended

    async def close(self) -> None:
        """Close."""
        if self._connection is not None:
            self._tx.put_nowait((None, self._end))
        await super().close()

    def _end(self) -> None:
        connection = self._connection
        if connection is not None and connection.in_transaction:
            connection.rollback()


async def connect(path: str, given_up: GivenUp) -> aiosqlite.Connection:
    """Open a database file; a connection that is given up is told of in `given_up`."""
    made = PatientConnection(lambda: sqlite3.connect(path), 64)
    made.given_up = given_up
    return await made
