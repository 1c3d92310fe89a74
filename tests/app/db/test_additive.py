"""What is new in the schema is an addition: servers of the version before go on beside new ones.

While a cluster is renewed, the first new server changes the schema and old ones go on to write,
for minutes. So a migration since the last release drops and renames nothing, and what it adds to
a table that was there may be left out by whoever does not know of it.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.migrate import upgrade, upgrade_server
from app.db.sessions import Database

RELEASED = "0035_bytes"
"""Schema of the last release; whoever releases writes the newest one here."""


@dataclass(frozen=True)
class Column:
    type: str
    needed: bool
    """Whoever writes a row has to give it."""


Schema = dict[str, dict[str, Column]]


def schema(path: Path) -> Schema:
    connection = sqlite3.connect(path)
    try:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            table: {
                name: Column(kind, bool(needed) and default is None)
                for _, name, kind, needed, default, _ in connection.execute(
                    f"PRAGMA table_info({table})"
                )
            }
            for (table,) in names.fetchall()
        }
    finally:
        connection.close()


def broken(before: Schema, after: Schema) -> list[str]:
    """Return what a server that knows the schema before could not live with."""
    found = [f"table {table} is gone" for table in before.keys() - after.keys()]
    for table in before.keys() & after.keys():
        old, new = before[table], after[table]
        found += [f"column {table}.{name} is gone" for name in old.keys() - new.keys()]
        found += [
            f"column {table}.{name} has to be given"
            for name, column in new.items()
            if column.needed and not (name in old and old[name].needed)
        ]
        found += [
            f"column {table}.{name} is another type"
            for name in old.keys() & new.keys()
            if old[name].type != new[name].type
        ]
    return sorted(found)


def test_nothing_is_gone_that_the_last_release_uses(tmp_path: Path) -> None:
    before, after = tmp_path / "before.db", tmp_path / "after.db"
    upgrade(before, RELEASED)
    upgrade(after)
    assert broken(schema(before), schema(after)) == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("ALTER TABLE a ADD COLUMN c TEXT", []),
        ("ALTER TABLE a ADD COLUMN c TEXT NOT NULL DEFAULT ''", []),
        ("CREATE TABLE c (id INTEGER NOT NULL)", []),
        ("ALTER TABLE a DROP COLUMN b", ["column a.b is gone"]),
        ("ALTER TABLE a RENAME COLUMN b TO c", ["column a.b is gone"]),
        ("ALTER TABLE a RENAME TO c", ["table a is gone"]),
        (
            "DROP TABLE a; CREATE TABLE a (id INTEGER, b TEXT NOT NULL, c TEXT NOT NULL)",
            ["column a.b has to be given", "column a.c has to be given"],
        ),
        ("DROP TABLE a; CREATE TABLE a (id TEXT, b TEXT)", ["column a.id is another type"]),
    ],
)
def test_what_is_no_addition_is_found(tmp_path: Path, statement: str, told: list[str]) -> None:
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE a (id INTEGER, b TEXT)")
    before = schema(path)
    connection.executescript(statement)
    connection.close()
    assert broken(before, schema(path)) == told


async def test_a_server_of_the_version_before_leaves_a_newer_schema_alone(empty: str) -> None:
    await upgrade_server(empty)
    database = Database(empty)
    async with database.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999_of_later'"))
    assert not await upgrade_server(empty)
    async with database.read() as session:
        assert await session.scalar(text("SELECT version_num FROM alembic_version")) == (
            "9999_of_later"
        )
    await database.close()
