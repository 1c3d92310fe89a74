"""What carries a term is written only while the lease has that term's number."""

from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.fencing import TERM, Deposed, Term
from app.db.migrate import upgrade_server
from app.db.sessions import Database
from kit.databaseurl import sqlite_url
from tests.app.migrated import make_file


async def led_by(database: Database, number: int) -> None:
    async with database.write() as session:
        await session.execute(text("DELETE FROM leases"))
        await session.execute(
            text("INSERT INTO leases VALUES ('leader', 'somebody', 0, :number)"),
            {"number": number},
        )


async def test_only_the_newest_term_writes(empty: str) -> None:
    await upgrade_server(empty)
    database = Database(empty)
    await led_by(database, 7)
    before = TERM.set(Term("leader", 7, lambda: True))
    try:
        async with database.write() as session:
            await session.execute(text("SELECT 1"))
        TERM.set(None)
        await led_by(database, 8)
        TERM.set(Term("leader", 7, lambda: True))
        with pytest.raises(Deposed):
            async with database.write() as session:
                await session.execute(text("DELETE FROM leases"))
        TERM.set(None)
        async with database.read() as session:
            assert await session.scalar(text("SELECT number FROM leases")) == 8
    finally:
        TERM.reset(before)
        await database.close()


async def test_a_term_that_is_over_by_the_clock_reads_nothing(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    make_file(path)
    database = Database(sqlite_url(str(path)))
    before = TERM.set(Term("leader", 7, lambda: False))
    try:
        with pytest.raises(Deposed):
            async with database.read():
                pass
    finally:
        TERM.reset(before)
        await database.close()


async def test_a_file_asks_for_no_term(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    make_file(path)
    database = Database(sqlite_url(str(path)))
    wrote: list[bool] = []
    database.wrote = lambda: wrote.append(True)
    async with database.write() as session:
        await session.execute(text("SELECT 1"))
    assert wrote == [True]
    await database.close()
