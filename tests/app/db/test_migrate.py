"""The migrations make exactly the tables of the models, and go both ways."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, NullPool, create_engine, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.db.migrate import METADATA, downgrade, downgrade_server, upgrade, upgrade_server


def tables(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in rows if not name.startswith("sqlite_")}
    finally:
        connection.close()


def test_the_migrated_schema_is_the_models(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    assert upgrade(path)
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()
    assert tables(path) == {*METADATA.tables, "alembic_version"}


def test_it_goes_down_and_up_again(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    upgrade(path)
    downgrade(path, "base")
    assert tables(path) == {"alembic_version"}
    assert upgrade(path)
    assert tables(path) == {*METADATA.tables, "alembic_version"}


def test_nothing_to_do_changes_and_copies_nothing(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    upgrade(path)
    assert not upgrade(path)
    assert list(tmp_path.glob("*.bak")) == []


def test_an_older_file_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    upgrade(path, "0001_accounts")
    assert "workspaces" not in tables(path)
    assert upgrade(path)
    copy = tmp_path / "podium.db.0001_accounts.bak"
    assert "workspaces" in tables(path)
    assert "workspaces" not in tables(copy)
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_migration_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    upgrade(path, "0001_accounts")
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE leases (name TEXT)")
    connection.commit()
    connection.close()
    before = tables(path)
    with pytest.raises(Exception, match="leases"):
        upgrade(path)
    assert tables(path) == before


async def seen(url: str) -> tuple[set[str], list[object]]:
    """Return the tables of a server's database, and how it differs from the models."""
    engine = create_async_engine(url, poolclass=NullPool)

    def look(connection: Connection) -> tuple[set[str], list[object]]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return {*inspect(connection).get_table_names()}, compare_metadata(context, METADATA)

    try:
        async with engine.connect() as connection:
            return await connection.run_sync(look)
    finally:
        await engine.dispose()


async def test_on_a_server_the_schema_is_the_models_as_well(empty: str) -> None:
    assert await upgrade_server(empty)
    assert await seen(empty) == ({*METADATA.tables, "alembic_version"}, [])
    assert not await upgrade_server(empty)


async def test_on_a_server_it_goes_down_and_up_again(empty: str) -> None:
    await upgrade_server(empty)
    await downgrade_server(empty, "base")
    assert (await seen(empty))[0] == {"alembic_version"}
    assert await upgrade_server(empty)


async def test_servers_that_begin_together_take_turns(empty: str) -> None:
    changed = await asyncio.gather(*(upgrade_server(empty) for _ in range(4)))
    assert sorted(changed) == [False, False, False, True]
    assert (await seen(empty))[1] == []


async def test_on_a_server_a_migration_that_fails_leaves_everything_as_it_was(empty: str) -> None:
    await upgrade_server(empty, "0001_accounts")
    engine = create_async_engine(empty, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE leases (name TEXT)"))
    await engine.dispose()
    before = (await seen(empty))[0]
    with pytest.raises(Exception, match="leases"):
        await upgrade_server(empty)
    assert (await seen(empty))[0] == before
