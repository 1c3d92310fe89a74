"""Whatever somebody has made goes, and what it took is told."""

import os
from contextlib import chdir
from pathlib import Path

import pytest

from daemon.host import files
from daemon.host.removal import remove
from tests.daemon.oddtree import grow


def nest(top: Path, depth: int, name: str) -> None:
    """Make folders in folders, which no path and no call that nests gets to the end of."""
    with chdir(top):
        for _one in range(depth):
            os.mkdir(name)  # noqa: PTH102 -- pathlib would make a path of it
            os.chdir(name)
        with open("file", "wb") as file:  # noqa: PTH123 -- as above
            file.write(bytes(8192))


def test_what_is_not_there_is_fine(tmp_path):
    assert remove(tmp_path / "nothing") == 0


@pytest.mark.root
def test_a_tree_goes_and_its_bytes_are_counted_once(tmp_path):
    (tmp_path / "kept").write_text("kept")
    top = tmp_path / "top"
    top.mkdir()
    grow(top, 3)
    (top / "away").symlink_to(tmp_path)
    (top / "large").write_bytes(bytes(100_000))
    (top / "again").hardlink_to(top / "large")
    used = files.used_bytes(top)
    assert remove(top) == used
    assert [one.name for one in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize(("depth", "name"), [(1200, "a"), (20, "b" * 255)])
def test_a_tree_that_is_deeper_than_paths_goes(tmp_path, depth, name):
    top = tmp_path / "top"
    top.mkdir()
    nest(top, depth, name)
    nest(top / name, 3, "c")
    assert remove(top) > 2 * 8192
    assert not top.exists()


def test_what_cannot_go_is_told_and_goes_next_time(tmp_path, monkeypatch):
    top = tmp_path / "top"
    nest_in = top / "one"
    nest_in.mkdir(parents=True)
    nest(nest_in, 5, "a")

    def full(_name, *_more, **_words):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", full)
        with pytest.raises(OSError, match="Input/output"):
            remove(top)
    assert remove(top) > 8192
    assert not top.exists()


def test_a_file_or_a_link_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
            remove(tmp_path / name)
    assert (tmp_path / "file").exists()
