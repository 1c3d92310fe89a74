"""A task that is cancelled within a transaction leaves no lock behind."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.patient import GivenUp, connect
from app.db.sessions import Database
from kit.databaseurl import sqlite_url


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(sqlite_url(str(tmp_path / "a.db")))
    async with made.write() as session:
        await session.execute(text("create table t (a int)"))
    yield made
    await made.close()


async def write(database: Database) -> None:
    async with database.write() as session:
        await session.execute(text("insert into t values (1)"))
        await session.execute(text("select count(*) from t"))


async def turns(number: int) -> None:
    """Let the loop turn so often: statements are in every state meanwhile."""
    loop = asyncio.get_running_loop()
    for _ in range(number):
        turn = loop.create_future()
        loop.call_soon(turn.set_result, None)
        await turn


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_whenever_it_is_cancelled_the_next_one_can_write(database: Database) -> None:
    kept = []  # as a traceback in a log would be: cursors live on in them
    for number in range(150):
        task = asyncio.get_running_loop().create_task(write(database))
        await turns(number)
        task.cancel()
        kept += await asyncio.gather(task, return_exceptions=True)
        await write(database)
    assert any(isinstance(one, asyncio.CancelledError) for one in kept)


async def test_a_closed_connection_holds_no_lock_though_its_cursor_lives(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    for end in ("close", "stop"):
        given_up = await connect(path, set())
        cursor = await given_up.execute("begin immediate")
        done = getattr(given_up, end)()
        if done is not None:
            await done
        other = await connect(path, set())
        await other.execute("pragma busy_timeout=0")
        await other.execute("begin immediate")
        await other.close()
        assert cursor.rowcount == -1, "it lives until here"


async def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    made = await connect(str(tmp_path / "a.db"), set())
    await made.close()
    await made.close()


async def test_a_database_is_closed_when_what_was_given_up_has_ended(tmp_path: Path) -> None:
    given_up: GivenUp = set()
    made = await connect(str(tmp_path / "a.db"), given_up)
    ended = made.stop()
    assert given_up == {ended}
    await asyncio.wait(given_up)
    await turns(2)
    assert not given_up
