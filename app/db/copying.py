"""Copies the database while it is used: `python -m app.db.copying SOURCE TARGET`.

A process of its own for whoever is not the database's owner: files that SQLite makes beside it
belong to its owner then. Prints the copy's revision.
"""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def copy(source: Path, target: Path) -> str:
    """Copy it as it is at one moment, whole or not at all; returns the schema's revision.

    Raises sqlite3.Error for what is no sound database.
    """
    fresh = target.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(_existing(source), timeout=30, uri=True)) as reading,
        closing(sqlite3.connect(fresh)) as writing,
    ):
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")
        revision = _revision(writing)
    fresh.chmod(0o600)
    fresh.rename(target)
    return revision


def _existing(path: Path) -> str:
    """Return the address of a file that SQLite must not make."""
    return f"{path.absolute().as_uri()}?mode=rw"


def _revision(connection: sqlite3.Connection) -> str:
    try:
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:  # no such table: nothing was ever made in it
        return ""
    return "" if found is None else str(found[0])


def main(arguments: list[str]) -> int:
    """Copy, as the command line says."""
    source, target = (Path(one) for one in arguments)
    try:
        revision = copy(source, target)
    except sqlite3.Error as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(revision + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
