"""Disks that are formed whole, or leave nothing, and what is said then."""

import errno
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.host import ext4, newdisk

SIZE = 64 << 20


@pytest.fixture
def short_files() -> Iterator[None]:
    """Let no file be larger than a disk twice as large, as of a file system that cannot hold it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * SIZE, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_is_there_whole(tmp_path: Path) -> None:
    folder = tmp_path / ".spare"
    folder.mkdir()
    (folder / "half").touch()
    newdisk.form(folder, SIZE)
    assert [one.name for one in folder.iterdir()] == [newdisk.IMAGE]
    assert ext4.size_of(folder / newdisk.IMAGE) == SIZE
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.usefixtures("short_files")
def test_of_one_that_could_not_be_made_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="File too large") as raised:
        newdisk.form(tmp_path / "disk", 4 * SIZE)
    assert "File too large" in newdisk.reason(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_a_full_node_is_no_reason_for_doing_without() -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "image")
    with pytest.raises(OSError, match="No space left"):
        newdisk.reason(full)


def test_what_is_missing_is_named() -> None:
    gone = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "/dev/loop8")
    assert newdisk.reason(gone) == "/dev/loop8 is missing on this machine"
    assert newdisk.why(OSError(errno.EBUSY, "busy")) == "a loop device: busy"
