"""A database out of a backup becomes one that a server can begin with."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.db import migrate
from app.db.receiving import BEGINNING, NEWER, STRIDE, main, receive
from tests.app.migrated import make_file


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def fill(path: Path, table: str, **values: object) -> None:
    """Insert a row; what is not given is empty, as its column's type has it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for _at, name, kind, needed, default, _key in connection.execute(
            f"PRAGMA table_info({table})"
        ).fetchall():
            if name not in values and needed and default is None:
                empty = {"VARCHAR": "", "JSON": "{}", "BLOB": b""}
                values[name] = empty.get(kind.partition("(")[0], 0)
        names = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        query = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of this test
        connection.execute(query, [*values.values()])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "podium.db"
    make_file(made)
    common = {"content": "present", "owner_id": "u", "organisation_id": "o"}
    fill(made, "workspaces", id="runs", wish="running", n=3, backed_up_stop=-1, **common)
    fill(made, "workspaces", id="stands", wish="stopped", n=2, backed_up_stop=2, **common)
    fill(made, "workspaces", id="fresh", wish="running", n=0, backed_up_stop=-1, **common)
    fill(made, "workspaces", id="gone", wish="deleted", n=1, deleted_at=1.0, **common)
    for workspace, n, live in (("runs", 2, 0), ("runs", 3, 1), ("stands", 2, 0)):
        fill(
            made,
            "instances",
            id=f"{workspace}.{n}",
            workspace_id=workspace,
            n=n,
            live=live,
            phase="running" if live else "stopped",
        )
    fill(made, "leases", name="reconciler", holder="somebody", expires=9e9, number=4)
    return made


def test_nothing_runs_and_nothing_starts_by_itself(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["workspaces"] == 3
    assert told["before"] == told["after"]
    assert rows(path, "SELECT count(*) FROM instances WHERE live OR phase <> 'stopped'") == [(0,)]
    assert rows(path, "SELECT count(*) FROM leases") == [(0,)]
    assert rows(path, "SELECT id, wish FROM workspaces ORDER BY id") == [
        ("fresh", "stopped"),
        ("gone", "deleted"),
        ("runs", "stopped"),
        ("stands", "stopped"),
    ]
    assert not list(path.parent.glob("podium.db?*"))


def test_numbers_are_above_all_that_a_node_has_seen(path: Path) -> None:
    receive(path, float(BEGINNING))
    found = {
        workspace: (n, stop)
        for workspace, n, stop in rows(path, "SELECT id, n, backed_up_stop FROM workspaces")
    }
    assert found["runs"] == (3 + STRIDE, -1)
    assert found["stands"] == (2 + STRIDE, -1)
    assert found["fresh"] == (0, -1)
    newest = rows(
        path,
        "SELECT i.id, i.phase FROM instances i JOIN workspaces w "
        "ON w.id = i.workspace_id AND w.n = i.n ORDER BY i.id",
    )
    assert newest == [(f"runs.{3 + STRIDE}", "stopped"), (f"stands.{2 + STRIDE}", "stopped")]
    assert rows(path, "SELECT count(*) FROM instances WHERE id = 'runs.3'") == [(1,)]


def test_a_second_restore_is_above_what_came_of_the_first(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.db"
    shutil.copy(path, again)
    for one, at in ((path, 90_000_000), (again, 90_000_060)):
        receive(one, float(BEGINNING + at))
        newest = rows(one, "SELECT w.n, i.id FROM workspaces w JOIN instances i ON i.n = w.n")
        assert (at, f"runs.{at}") in newest
    receive(again, float(BEGINNING))  # a clock that is wrong
    assert rows(again, "SELECT n FROM workspaces WHERE id = 'runs'") == [(90_000_060 + STRIDE,)]


def test_an_older_one_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    migrate.upgrade(path, "0024_cleanup")
    told = receive(path, float(BEGINNING))
    assert told["before"] == "0024_cleanup"
    assert told["after"] != told["before"]
    assert not list(tmp_path.glob("*.bak"))


def test_a_newer_one_is_left_as_it_is(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_later'")
    before = path.read_bytes()
    assert main([str(path)]) == NEWER
    assert "9999_later" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_what_is_no_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "podium.db"
    path.write_bytes(b"no database" * 500)
    assert main([str(path)]) == 1
    assert "not a database" in capsys.readouterr().err
