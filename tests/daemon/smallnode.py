"""A node that is small enough to be filled: a file system in a file, with disks on it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from daemon.host.disks import Disks
from daemon.host.reserves import Reserves

MIB: Final = 1 << 20
FLOOR: Final = 6 * MIB
"""Bytes that are to stay free of it."""
_SIZE: Final = 300 * MIB


class Node:
    """A small file system, with disks that may hold more than it has."""

    def __init__(self, folder: Path) -> None:
        self.place = folder
        (folder / "content").mkdir()
        self.disks = Disks(folder / "disks", folder / "content")
        self.disks.open()
        assert self.disks.reason == ""
        self.reserves = Reserves(self.disks, folder / "disks", FLOOR)

    def free(self) -> int:
        state = os.statvfs(self.place)
        return state.f_bavail * state.f_frsize

    def promised(self) -> int:
        states = [os.statvfs(self.disks.place(name)) for name in self.disks.on_host()]
        return sum(one.f_bfree * one.f_frsize for one in states)

    def fill(self, size: int) -> None:
        """Take so much more of the node, from outside of all disks."""
        with (self.place / "filler").open("ab") as file:
            os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size)


@contextmanager
def node_in(folder: Path) -> Iterator[Node]:
    image, place = folder / "image", folder / "node"
    place.mkdir()
    image.touch()
    os.truncate(image, _SIZE)
    subprocess.run(["mkfs.ext4", "-q", "-m0", image], check=True)
    subprocess.run(["mount", "-o", "loop,discard", image, place], check=True)
    made = Node(place)
    try:
        yield made
    finally:
        made.disks.close()
        subprocess.run(["umount", "-l", place], check=True)
