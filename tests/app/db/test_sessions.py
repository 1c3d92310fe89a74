"""Transactions: writers queue, readers see one moment, a raise undoes everything."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from app.db.sessions import WRITERS, Database
from kit.databaseurl import sqlite_url


@pytest.fixture(params=["file", "server"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "server":
        return str(request.getfixturevalue("empty"))
    return sqlite_url(str(tmp_path / "x.db"))


@pytest_asyncio.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database(url)
    async with opened.write() as session:
        await session.execute(text("CREATE TABLE a (id INTEGER PRIMARY KEY)"))
        await session.execute(text("CREATE TABLE b (a INTEGER REFERENCES a (id))"))
    yield opened
    await opened.close()


in_a_file = pytest.mark.parametrize("url", ["file"], indirect=True)
on_a_server = pytest.mark.parametrize("url", ["server"], indirect=True)


async def count(database: Database) -> int:
    async with database.read() as session:
        return int((await session.execute(text("SELECT count(*) FROM a"))).scalar_one())


@in_a_file
async def test_sqlite_is_set_up(database: Database) -> None:
    async with database.read() as session:
        for pragma, value in (("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", 5000)):
            assert (await session.execute(text(f"PRAGMA {pragma}"))).scalar_one() == value


async def test_a_raise_undoes_everything(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as session:
            await session.execute(text("INSERT INTO a VALUES (1)"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await count(database) == 0


async def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            await session.execute(text("INSERT INTO b VALUES (7)"))


async def test_twenty_writers_that_read_first_all_succeed(database: Database) -> None:
    async def add() -> None:
        async with database.write() as session:
            found = (await session.execute(text("SELECT count(*) FROM a"))).scalar_one()
            await session.execute(text("INSERT INTO a VALUES (:id)"), {"id": found})

    await asyncio.gather(*(add() for _ in range(20)))
    assert await count(database) == 20


async def test_writers_of_two_processes_take_turns(database: Database, url: str) -> None:
    other = Database(url)

    async def add(one: Database) -> None:
        async with one.write() as session:
            found = (await session.execute(text("SELECT count(*) FROM a"))).scalar_one()
            await session.execute(text("INSERT INTO a VALUES (:id)"), {"id": found})

    await asyncio.gather(*(add(one) for one in (database, other) * 10))
    await other.close()
    assert await count(database) == 20


@on_a_server
async def test_who_only_reads_cannot_write(database: Database) -> None:
    async with database.read() as session:
        with pytest.raises(DBAPIError, match="read-only"):
            await session.execute(text("INSERT INTO a VALUES (1)"))
        await session.rollback()


@on_a_server
async def test_a_writer_that_hangs_holds_up_the_others_for_a_while_only(
    database: Database, url: str
) -> None:
    async with database.read() as session:
        shown = await session.scalar(text("SHOW idle_in_transaction_session_timeout"))
    assert shown == "30s"
    other = Database(url)
    session = database.engine.connect()
    async with session as hanging:
        await hanging.execute(text("SET idle_in_transaction_session_timeout = '200ms'"))
        await hanging.commit()
        await hanging.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITERS})
        async with other.write() as writing:  # it says nothing more
            await writing.execute(text("INSERT INTO a VALUES (1)"))
        await hanging.invalidate()
    await other.close()
    assert await count(database) == 1


@on_a_server
async def test_what_a_writer_reads_is_read_behind_its_turn(database: Database, url: str) -> None:
    async with database.write() as session:
        name = await session.scalar(text("SELECT current_database()"))
        kind = "default_transaction_isolation = 'repeatable read'"
        await session.execute(text(f"ALTER DATABASE {name} SET {kind}"))
    both = Database(url), Database(url)

    async def add(one: Database) -> None:
        async with one.write() as session:
            found = (await session.execute(text("SELECT count(*) FROM a"))).scalar_one()
            await session.execute(text("INSERT INTO a VALUES (:id)"), {"id": found})

    await asyncio.gather(*(add(one) for one in both * 5))
    for one in both:
        await one.close()
    assert await count(database) == 10


@on_a_server
async def test_connections_that_were_cut_off_are_made_anew(database: Database, url: str) -> None:
    assert await count(database) == 0
    others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    other = Database(url)
    async with other.read() as session:
        await session.execute(others)
    await other.close()
    assert await count(database) == 0


async def test_readers_go_on_while_somebody_writes_and_see_one_moment(database: Database) -> None:
    async with database.write() as writing:
        await writing.execute(text("INSERT INTO a VALUES (1)"))
        assert await count(database) == 0
        async with database.read() as reading:
            before = (await reading.execute(text("SELECT count(*) FROM a"))).scalar_one()
            await writing.commit()
            after = (await reading.execute(text("SELECT count(*) FROM a"))).scalar_one()
    assert (before, after) == (0, 0)
    assert await count(database) == 1


@in_a_file
async def test_a_write_takes_the_lock_at_its_beginning(database: Database) -> None:
    other = Database(str(database.engine.url))
    async with database.write() as session:
        await session.execute(text("SELECT 1"))
        with pytest.raises(OperationalError, match="locked"):
            await begin_without_patience(other)
    await other.close()


async def begin_without_patience(database: Database) -> None:
    async with database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.execute("PRAGMA busy_timeout=0")
        await connection.execute(text("SELECT 1"))
