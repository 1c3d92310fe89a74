import errno
import os
from pathlib import Path

import pytest

from daemon.host import files


def test_writing_replaces_and_keeps_the_mode(tmp_path):
    path = tmp_path / "state.json"
    files.write_whole(path, "one")
    files.write_whole(path, "two")
    assert path.read_text() == "two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["state.json"]


def test_a_planted_link_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / ".state.json.new").symlink_to(victim)
    with pytest.raises(OSError, match="symbolic"):
        files.write_whole(tmp_path / "state.json", "x")
    assert victim.read_text() == "mine"


def test_reading_what_is_not_there(tmp_path):
    assert files.read_whole(tmp_path / "none") is None


def test_syncing_passes_links_and_pipes(tmp_path):
    (tmp_path / "link").symlink_to("/nowhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_text("x")
    files.sync_tree(tmp_path)
    files.sync_filesystem(tmp_path)


def test_every_file_and_folder_of_a_tree_is_synced(tmp_path, monkeypatch):
    for number in range(5):
        (tmp_path / f"folder {number}").mkdir()
        (tmp_path / f"folder {number}" / "file").write_text("x")
    synced, real = set(), os.fsync

    def fsync(descriptor):
        synced.add(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    files.sync_tree(tmp_path, tmp_path.parent, batch=3)
    assert synced == {
        str(tmp_path.parent),
        str(tmp_path),
        *(str(one) for one in tmp_path.rglob("*")),
    }


def test_a_disk_that_refuses_one_file_is_told(tmp_path, monkeypatch):
    for number in range(9):
        (tmp_path / f"file{number}").write_text("x")

    def fsync(descriptor):
        if str(Path(f"/proc/self/fd/{descriptor}").readlink()).endswith("file7"):
            raise OSError(errno.EIO, "no")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="no"):
        files.sync_tree(tmp_path)


def test_used_bytes_count_a_file_with_two_names_once(tmp_path):
    (tmp_path / "one").write_bytes(b"x" * 100_000)
    before = files.used_bytes(tmp_path)
    os.link(tmp_path / "one", tmp_path / "two")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert 100_000 <= before <= files.used_bytes(tmp_path) < before + 10_000
    assert files.used_bytes(tmp_path / "none") == 0


def test_a_short_file_is_written_over_where_it_is(tmp_path):
    path = tmp_path / "fence"
    path.write_text("9\n")
    number = path.stat().st_ino
    files.write_over(path, "10\n")
    assert (path.read_text(), path.stat().st_ino) == ("10\n", number)


def test_a_disk_is_full_when_nothing_more_goes_in(tmp_path, monkeypatch):
    assert not files.is_full(tmp_path)
    state = os.statvfs(tmp_path)
    left = (4096, 4096, 1000, 900, 1, *state[5:])
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result(left))
    assert files.is_full(tmp_path)
