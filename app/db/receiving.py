"""Takes in a database out of a backup: `python -m app.db.receiving FILE`.

It becomes what this version of Podium has, and says of what ran that it runs no longer. Prints
one JSON object {before, after, workspaces}; ends with 3 when a newer Podium has written it.
"""

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from app.db import migrate

NEWER = 3
STRIDE = 100_000
"""By which numbers of starts are raised at least: nodes have seen later ones than the backup knows
of, and refuse whoever comes with a smaller number."""
BEGINNING = 1_700_000_000
"""Seconds since 1970. They are raised to the seconds since then: the same backup, or an older one,
may be restored again after nodes have seen what came of the first time."""


class Unsound(Exception):
    """It is no database, or a damaged one."""


class Newer(Exception):
    """Its schema is one that this Podium does not know."""


def receive(path: Path, now: float) -> dict[str, object]:
    """Bring it up to date. Raises Unsound or Newer, before anything is changed."""
    try:
        before = _look(path)
    except sqlite3.Error as error:
        raise Unsound(str(error)) from error
    if not migrate.known(before):
        raise Newer(before)
    migrate.upgrade(path)
    for left in path.parent.glob(f"{path.name}.*.bak"):  # the backup itself is that copy
        left.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        count = _settle(connection, now)
        after = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # one file, until it is in its place
    return {"before": before, "after": after, "workspaces": count}


def _look(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        said = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if said != "ok":
            raise Unsound(str(said))
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return "" if found is None else str(found[0])


def _settle(connection: sqlite3.Connection, now: float) -> int:
    """Let nothing run, nothing begin by itself and nobody hold a lease; returns the workspaces."""
    connection.execute(
        "UPDATE instances SET live = 0, phase = 'stopped', stop_reason = 'failed', "
        "stop_detail = 'The platform was restored from a backup.' WHERE live"
    )
    connection.execute("UPDATE workspaces SET wish = 'stopped' WHERE wish = 'running'")
    # What has happened since the backup is told by nodes: whether there are files, and which.
    connection.execute("UPDATE workspaces SET backed_up_stop = -1, backup_problem = NULL")
    connection.execute("DELETE FROM leases")
    # What nodes were granted since is not known: whoever does not answer is not taken for gone.
    connection.execute("UPDATE nodes SET granted = NULL")
    connection.execute("DELETE FROM installation")
    connection.execute("INSERT INTO installation (id, restored_at) VALUES (1, ?)", (now,))
    _raise_numbers(connection, now)
    found = connection.execute("SELECT count(*) FROM workspaces WHERE deleted_at IS NULL")
    return int(found.fetchone()[0])


def _raise_numbers(connection: sqlite3.Connection, now: float) -> None:
    """Let each workspace's newest start count again, under a number above all that a node saw."""
    names = [one[1] for one in connection.execute("PRAGMA table_info(instances)")]
    raised = "max(n + :by, :least)"
    numbers = {"by": STRIDE, "least": int(now) - BEGINNING}
    fresh = {"id": f"workspace_id || '.' || {raised}", "n": raised, "live": "0", "steps": "'{}'"}
    connection.execute(
        f"INSERT INTO instances ({', '.join(names)}) "  # noqa: S608 - names of our own schema
        f"SELECT {', '.join(fresh.get(name, name) for name in names)} FROM instances "
        "WHERE (workspace_id, n) IN (SELECT id, n FROM workspaces)",
        numbers,
    )
    connection.execute(
        f"UPDATE workspaces SET n = {raised}, version = version + 1 WHERE n > 0",  # noqa: S608 - as above
        numbers,
    )


def main(arguments: list[str]) -> int:
    """Take it in, as the command line says."""
    try:
        said = receive(Path(arguments[0]), time.time())
    except Newer as error:
        sys.stderr.write(f"{error}\n")
        return NEWER
    except Unsound as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(said) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
