"""SQLite connections that give up their locks when they are given up.

A task that is cancelled within a transaction leaves a connection that SQLAlchemy
closes. SQLite only forgets a closed connection when its last statement is gone, and a
statement lives as long as a cursor in some traceback does: until then the transaction,
and with it the write lock of the whole database, would stay. So roll back, then close.
"""

import asyncio
import sqlite3

import aiosqlite


class PatientConnection(aiosqlite.Connection):
    """A connection that ends its transaction before it is closed."""

    def stop(self) -> asyncio.Future[None] | None:
        """Close without waiting: what SQLAlchemy does when a task was cancelled."""
        self._tx.put_nowait((None, self._end))
        return super().stop()

    async def close(self) -> None:
        """Close."""
        if self._connection is not None:
            self._tx.put_nowait((None, self._end))
        await super().close()

    def _end(self) -> None:
        connection = self._connection
        if connection is not None and connection.in_transaction:
            connection.rollback()


async def connect(path: str) -> aiosqlite.Connection:
    """Open a database file."""
    return await PatientConnection(lambda: sqlite3.connect(path), 64)
