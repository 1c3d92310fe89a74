"""Brings the database to the newest schema, with a copy beside it before anything changes."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, event, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.db import (
    accounts,
    content,
    gitaccess,
    imagebuilds,
    installation,
    nodes,
    profile,
    shares,
    snapshots,
    sshaccess,
    variables,
    workspaces,
)
from app.db.base import Base
from app.db.copying import copy
from app.db.sessions import WRITERS

_log = structlog.get_logger(__name__)

TABLES = (
    accounts,
    content,
    gitaccess,
    imagebuilds,
    installation,
    nodes,
    profile,
    shares,
    snapshots,
    sshaccess,
    variables,
    workspaces,
)
"""Modules of tables; importing them is what fills the metadata."""
METADATA = Base.metadata
_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(path: Path, revision: str = "head") -> bool:
    """Bring the SQLite file to a revision; tells whether anything had to change.

    Before a change the old file is copied to `<name>.<revision>.bak`. Blocks: call
    it before the event loop serves anybody, or in a thread.
    """

    def work(connection: Connection, config: Config) -> bool:
        current = MigrationContext.configure(connection).get_current_revision()
        target = ScriptDirectory.from_config(config).get_current_head()
        if revision == "head" and current == target:
            return False
        if current is not None:
            copy(path, path.with_name(f"{path.name}.{current}.bak"))
        connection.rollback()
        command.upgrade(config, revision)
        _log.info("database_migrated", before=current, after=target)
        return True

    return _with(path, work)


async def upgrade_server(url: str, revision: str = "head") -> bool:
    """Bring a PostgreSQL database to a revision; tells whether anything had to change.

    Replicas that begin together take turns. What is there is not copied first: a server has
    backups of its own, and every migration can be gone back. A schema that is newer than this
    version is left alone: the version after this one has only added to what this one uses.
    """

    def work(connection: Connection) -> bool:
        # in turn, and while no server of the version before writes
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": WRITERS})
        config = _config(connection)
        current = MigrationContext.configure(connection).get_current_revision()
        target = ScriptDirectory.from_config(config).get_current_head()
        connection.rollback()
        if revision == "head" and current == target:
            return False
        if revision == "head" and not known(current or ""):
            # servers are renewed one after the other: one of the version before may begin again
            _log.warning("database_newer", current=current, own=target)
            return False
        command.upgrade(config, revision)
        connection.commit()
        _log.info("database_migrated", before=current, after=target)
        return True

    return await _on_server(url, work)


async def downgrade_server(url: str, revision: str) -> bool:
    """Take a PostgreSQL database back to a revision; `base` is empty."""

    def work(connection: Connection) -> bool:
        command.downgrade(_config(connection), revision)
        connection.commit()
        return True

    return await _on_server(url, work)


async def _on_server(url: str, work: Callable[[Connection], bool]) -> bool:
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


def known(revision: str) -> bool:
    """Tell whether this version of Podium has a schema of that name; none at all counts."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    every = ScriptDirectory.from_config(config).walk_revisions()
    return not revision or revision in {one.revision for one in every}


def downgrade(path: Path, revision: str) -> bool:
    """Take the file back to a revision; `base` is empty."""

    def work(connection: Connection, config: Config) -> bool:
        connection.rollback()
        command.downgrade(config, revision)
        return True

    return _with(path, work)


def _with(path: Path, work: Callable[[Connection, Config], bool]) -> bool:
    engine = create_engine(f"sqlite:///{path}")
    # As in app.db.sessions: transactions are begun by SQLAlchemy alone, so that a
    # migration that fails half-way leaves nothing behind.
    event.listen(engine, "connect", _explicit)
    event.listen(engine, "begin", _begin)
    try:
        with engine.connect() as connection:
            return work(connection, _config(connection))
    finally:
        engine.dispose()


def _explicit(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA busy_timeout=5000")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
