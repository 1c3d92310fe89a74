"""A real, small and really full file system: what is deleted frees it, and nothing else goes."""

import os
import subprocess
from pathlib import Path

import pytest

from daemon.core.fencing import Fence
from daemon.host.disks import Disks
from daemon.host.trees import Trees

pytestmark = pytest.mark.root
SIZE = 64 << 20
"""Bytes of it."""


def mounted(folder: Path) -> Path:
    """Make a file system in a file, and mount it."""
    image, place = folder / "image", folder / "shared"
    image.touch()
    os.truncate(image, SIZE)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    place.mkdir()
    subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=True)
    return place


def full(filler: Path) -> None:
    """Take every block and every byte of the last one, also those that are kept for root."""
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while file.write(b"x" * size):
                    continue
            except OSError:
                continue
        os.fsync(file)


def test_the_last_number_of_what_is_deleted_is_kept_where_no_byte_is_left(
    tmp_path: Path, workspace: str
) -> None:
    place = mounted(tmp_path)
    try:
        trees = Trees(place / "content", Disks(place / "disks", place / "content"))
        trees.open(limited=False)
        trees.keep_fence(workspace, Fence(9))
        deep = place / "content" / workspace / "a" / "b"
        deep.mkdir(parents=True)
        (deep / "empty").mkdir()
        (deep / "file").write_bytes(os.urandom(4 << 20))
        full(place / "filler")
        with pytest.raises(OSError, match="No space left"):
            trees.keep_fence(workspace, Fence(10))
        trees.keep_last_fence(workspace, Fence(10))
        assert trees.fence(workspace) == Fence(10)
        assert trees.discard(workspace) > 4 << 20
        trees.keep_fence(workspace, Fence(11))
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
