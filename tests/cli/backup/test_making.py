"""A backup is made of a real data folder, also while somebody writes into its database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cli.backup import archive, making, parts
from cli.problems import CommandError
from tests.cli.backup.whole import installed, settings_of

pytestmark = pytest.mark.root


def quiet(_what: str, _took: float) -> None:
    pass


def test_it_holds_everything_of_one_moment(tmp_path: Path) -> None:
    settings = installed(settings_of(tmp_path, "root", PODIUM_TIMEOUT="1h"))
    said: list[str] = []
    with closing(sqlite3.connect(Path(settings.layout.database))) as writing:
        writing.execute("PRAGMA journal_mode=WAL")
        writing.execute("INSERT INTO leases VALUES ('told', 'me', 1, 1)")
        writing.commit()
        writing.execute("BEGIN IMMEDIATE")
        writing.execute("INSERT INTO leases VALUES ('not told yet', 'me', 1, 1)")
        file = tmp_path / "file"
        manifest = making.make(settings, file, "", lambda what, _took: said.append(what))
        writing.rollback()
    assert manifest == archive.read(file, "")
    names = [one.name for one in manifest.parts]
    assert names == [
        parts.DATABASE,
        parts.MASTER_KEY,
        "ssh/ssh_host_ed25519_key",
        parts.SETTINGS,
    ]
    assert manifest.revision
    assert [one.partition(" ")[0] for one in said] == ["database", str(file)]
    database = tmp_path / "database"
    archive.read(
        file, "", lambda one: (database if one.name == "database" else tmp_path / "x").open("wb")
    )
    with closing(sqlite3.connect(database)) as reading:
        assert reading.execute("SELECT name FROM leases").fetchall() == [("told",)]
    assert not list(Path(settings.layout.server_home).glob("saving*"))


def test_an_empty_folder_and_a_name_that_is_taken(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "root")
    with pytest.raises(CommandError, match="nothing to back up"):
        making.make(settings, tmp_path / "file", "", quiet)
    installed(settings)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(CommandError, match="there already"):
        making.make(settings, tmp_path / "file", "", quiet)
    with pytest.raises(CommandError, match="could not be made"):
        making.make(settings, tmp_path / "no folder" / "file", "", quiet)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_key_that_is_a_link_and_a_database_that_is_none(tmp_path: Path) -> None:
    settings = installed(settings_of(tmp_path, "root"))
    key = Path(settings.layout.master_key)
    key.unlink()
    key.symlink_to("/etc/shadow")
    with pytest.raises(CommandError) as caught:
        making.make(settings, tmp_path / "file", "", quiet)
    assert "is a link" in caught.value.cause
    Path(settings.layout.database).write_bytes(b"no database at all" * 100)
    with pytest.raises(CommandError, match="could not be copied"):
        making.make(settings, tmp_path / "file", "", quiet)
    assert not (tmp_path / "file").exists()


def test_nobody_owns_it(tmp_path: Path) -> None:
    settings = installed(settings_of(tmp_path, "nobody-is-called-this"))
    with pytest.raises(CommandError, match="no user"):
        making.make(settings, tmp_path / "file", "", quiet)
