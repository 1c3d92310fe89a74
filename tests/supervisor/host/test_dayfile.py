"""The day's samples between two starts."""

from pathlib import Path

from supervisor.host.dayfile import keep, load
from supervisor.host.processes import Account


def test_what_was_kept_is_there_again(account: Account, tmp_path: Path) -> None:
    folder = str(tmp_path)
    assert load(folder) == b""
    keep(folder, b"one", account)
    keep(folder, b"two", account)
    assert load(folder) == b"two"
    assert [one.name for one in tmp_path.iterdir()] == ["day"]


def test_where_it_cannot_be_kept_that_is_noted(account: Account, tmp_path: Path, capsys) -> None:
    keep(str(tmp_path / "none"), b"one", account)
    assert "day_not_kept" in capsys.readouterr().err


def test_links_are_not_followed_and_a_folder_is_nothing(account: Account, tmp_path: Path) -> None:
    (tmp_path / "day").symlink_to("/etc/passwd")
    assert load(str(tmp_path)) == b""
    (tmp_path / ".day.new").symlink_to(tmp_path / "elsewhere")
    keep(str(tmp_path), b"one", account)
    assert not (tmp_path / "elsewhere").exists()
    (tmp_path / "day").unlink()
    (tmp_path / "day").mkdir()
    assert load(str(tmp_path)) == b""
