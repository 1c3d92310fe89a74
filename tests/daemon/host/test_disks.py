"""Disks of workspaces: real file systems in files, which fill themselves only."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.host.disks import Disks

pytestmark = pytest.mark.root
NAME = "amber-otter-4k2hw9xz1q"
SIZE = 64 << 20


@pytest.fixture
def disks(tmp_path: Path) -> Iterator[Disks]:
    (tmp_path / "content").mkdir()
    made = Disks(tmp_path / "disks", tmp_path / "content")
    made.open()
    yield made
    made.close()


def fill(folder: Path, user: int) -> int:
    """Write as a user until nothing more goes in; returns what was written."""
    script = "import sys\nwith open(sys.argv[1], 'wb', 0) as f:\n while f.write(b'x' * 65536): pass"
    path = folder / f"filler-{user}"
    path.touch()
    os.chown(path, user, user)
    done = subprocess.run(
        ["/usr/bin/python3", "-c", script, str(path)],
        check=False,
        capture_output=True,
        text=True,
        user=user,
        group=user,
    )
    assert "No space left on device" in done.stderr
    return path.stat().st_size


@pytest.fixture
def disk(disks: Disks) -> Path:
    assert disks.reason == ""
    disks.give(NAME, SIZE)
    place = disks.place(NAME)
    place.chmod(0o755)
    for folder in place.parents[:5]:
        folder.chmod(0o755)
    return place


def test_a_disk_holds_what_it_is_large_and_takes_what_is_in_it(disks: Disks, disk: Path) -> None:
    state = os.statvfs(disk)
    assert 0.5 * SIZE < state.f_bavail * state.f_frsize < SIZE
    assert disks.used_bytes(NAME) < SIZE / 4
    assert disks.workspaces() == {NAME}


def test_a_full_disk_keeps_some_for_one_user(disks: Disks, disk: Path) -> None:
    assert fill(disk, 33333) > SIZE / 2
    assert fill(disk, 33334) == 0
    (disk / "root").write_bytes(b"x" * 4096)  # of root, whose the reserve is until a start
    assert (disk / "root").stat().st_blocks


def test_a_disk_grows_with_what_is_on_it(disks: Disks, disk: Path) -> None:
    (disk / "kept").write_text("kept")
    disks.grow(NAME, 4 * SIZE)
    state = os.statvfs(disk)
    assert state.f_bavail * state.f_frsize > 3 * SIZE
    assert (disk / "kept").read_text() == "kept"
    assert disks.size(NAME) == 4 * SIZE
    disks.grow(NAME, SIZE)
    assert disks.size(NAME) == 4 * SIZE


def test_what_is_written_is_there_for_the_next_daemon(disks: Disks, disk: Path, tmp_path) -> None:
    (disk / "kept").write_text("kept")
    again = Disks(tmp_path / "disks", tmp_path / "content")
    again.open()  # the mount of the one that was killed is still there
    again.mounted(NAME)
    assert (disk / "kept").read_text() == "kept"
    again.close()
    assert not disk.exists()
    again.mounted(NAME)
    assert (disk / "kept").read_text() == "kept"


def test_a_file_never_gets_two_devices(disks: Disks, disk: Path) -> None:
    with (disk / "held").open("w") as held:
        disks.release(NAME)  # somebody still uses it: it lives on, out of sight
        disks.mount(NAME)
        held.write("one file system")
        held.flush()
        assert (disk / "held").read_text() == "one file system"


def test_one_disk_takes_anothers_place(disks: Disks, disk: Path) -> None:
    (disk / "which").write_text("old")
    disks.give("fresh", SIZE)
    (disks.place("fresh") / "which").write_text("new")
    disks.exchange("fresh", NAME)
    disks.mount(NAME)
    assert (disk / "which").read_text() == "new"
    disks.throw_away("fresh")
    disks.throw_away(NAME)
    assert not disk.exists()
    assert disks.workspaces() == set()


def test_a_spare_makes_the_next_disk(disks: Disks, tmp_path: Path) -> None:
    disks.stock(SIZE)
    spare = (tmp_path / "disks" / ".spare" / "image").stat().st_ino
    disks.give(NAME, SIZE)
    assert (tmp_path / "disks" / NAME / "image").stat().st_ino == spare
    disks.stock(2 * SIZE)
    disks.give("small", SIZE)  # too large a spare is nobody's
    assert disks.size("small") == SIZE


def test_a_machine_that_cannot_says_why(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "content").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path))
    made = Disks(tmp_path / "disks", tmp_path / "content")
    made.open()
    assert made.reason == "mkfs.ext4 is missing on this machine"
    (tmp_path / "mkfs.ext4").write_text("#!/bin/sh\necho no space >&2; exit 1\n")
    (tmp_path / "mkfs.ext4").chmod(0o755)
    made.open()
    assert made.reason == "mkfs.ext4: no space"
    made.open(wanted=False)
    assert made.reason == "PODIUM_DISK_LIMITS is off"
    assert list((tmp_path / "disks").iterdir()) == []


def test_what_could_not_be_done_at_the_start_is_tried_again(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "content").mkdir()
    made = Disks(tmp_path / "disks", tmp_path / "content")
    with monkeypatch.context() as without:
        without.setenv("PATH", str(tmp_path))
        made.open()
        assert not made.able()
        assert made.reason
    assert made.able()
    assert made.reason == ""
    assert list((tmp_path / "disks").iterdir()) == []
    made.open(wanted=False)
    assert not made.able()


def test_the_disk_that_is_ready_is_given_up_and_made_again(disks: Disks, tmp_path: Path) -> None:
    disks.stock(SIZE)
    there = set((tmp_path / "disks").iterdir())
    disks.drop_spare()
    disks.drop_spare()
    assert len(there - set((tmp_path / "disks").iterdir())) == 1
    disks.stock(SIZE)
    assert set((tmp_path / "disks").iterdir()) == there
