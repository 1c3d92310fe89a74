"""A database is copied while it is used."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.db.copying import copy, main
from tests.app.migrated import make_file


def test_a_copy_is_of_one_moment_and_one_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, target = tmp_path / "podium.db", tmp_path / "copy.db"
    make_file(path)
    with closing(sqlite3.connect(path)) as writing:
        writing.execute("PRAGMA journal_mode=WAL")
        writing.execute("INSERT INTO leases VALUES ('told', 'me', 1, 1)")
        writing.commit()
        writing.execute("BEGIN IMMEDIATE")
        writing.execute("DELETE FROM leases")
        assert main([str(path), str(target)]) == 0
        writing.rollback()
    assert capsys.readouterr().out.strip()
    assert target.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("copy.db-*"))
    with closing(sqlite3.connect(target)) as reading:
        assert reading.execute("SELECT name FROM leases").fetchall() == [("told",)]


def test_what_is_no_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "podium.db"
    assert main([str(path), str(tmp_path / "copy.db")]) == 1
    assert not path.exists()
    path.write_bytes(b"no database" * 500)
    assert main([str(path), str(tmp_path / "copy.db")]) == 1
    assert "not a database" in capsys.readouterr().err


def test_an_empty_one_has_no_revision(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "podium.db")) as connection:
        connection.execute("CREATE TABLE other (x)")
    assert copy(tmp_path / "podium.db", tmp_path / "copy.db") == ""
