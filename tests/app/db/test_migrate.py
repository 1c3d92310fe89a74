"""The migrations make exactly the tables of the models, and go both ways."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from app.db.migrate import METADATA, downgrade, upgrade


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
