"""A folder that is not mounted is told from one that is empty."""

from pathlib import Path

import pytest

from daemon.host.marks import MARK, NOTE, FolderLost, check


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    return {name: tmp_path / name for name in ("content", "backups")}


def test_what_is_new_is_marked_and_known_again(tmp_path: Path, folders: dict[str, Path]) -> None:
    check(tmp_path, folders)
    marks = [(one / MARK).read_text() for one in folders.values()]
    assert len(set(marks)) == 2
    check(tmp_path, folders)
    assert [(one / MARK).read_text() for one in folders.values()] == marks


@pytest.mark.parametrize("name", ["content", "backups"])
def test_one_that_is_not_mounted_is_neither_marked_nor_made(
    tmp_path: Path, folders: dict[str, Path], name: str
) -> None:
    check(tmp_path, folders)
    away = folders[name].rename(tmp_path / "away")
    for empty in (False, True):
        if empty:
            folders[name].mkdir()
        with pytest.raises(FolderLost, match=str(folders[name])):
            check(tmp_path, folders)
    assert list(folders[name].iterdir()) == []
    folders[name].rmdir()
    away.rename(folders[name])
    check(tmp_path, folders)


def test_another_disk_is_not_taken_for_it_until_somebody_says_so(
    tmp_path: Path, folders: dict[str, Path]
) -> None:
    check(tmp_path, folders)
    (folders["content"] / MARK).write_text("another\n")
    with pytest.raises(FolderLost, match=NOTE):
        check(tmp_path, folders)
    (tmp_path / NOTE).unlink()
    check(tmp_path, folders)
    assert (folders["content"] / MARK).read_text() == "another\n"


def test_a_kill_between_mark_and_note_costs_nothing(
    tmp_path: Path, folders: dict[str, Path]
) -> None:
    check(tmp_path, folders)
    (tmp_path / NOTE).unlink()
    before = (folders["content"] / MARK).read_text()
    check(tmp_path, folders)
    assert (folders["content"] / MARK).read_text() == before
