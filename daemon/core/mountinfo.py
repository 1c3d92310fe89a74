"""Which mounts show a tree, by `/proc/<pid>/mountinfo` (proc(5)). Pure.

A tree is known by its device and its path in that file system: both are the same in every mount
namespace, whatever the tree is called there and whichever ids it is mapped to.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

_OCTAL: Final = re.compile(r"\\([0-7]{3})")
_DELETED: Final = "//deleted"


@dataclass(frozen=True, slots=True)
class Mount:
    """One line."""

    device: str
    root: str
    """The path in its file system of what is mounted."""
    point: str
    writable: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of a file system."""

    device: str
    path: str

    def shown_by(self, mount: Mount) -> bool:
        """Tell whether a mount shows this folder, or something in it, and nothing above."""
        inside = mount.root == self.path or mount.root.startswith(f"{self.path}/")
        return mount.device == self.device and inside


def mounts_of(text: str) -> list[Mount]:
    """Read the file; lines that are none are left out."""
    rows = (line.split(" ") for line in text.splitlines())
    return [
        Mount(
            row[2],
            _plain(row[3]).removesuffix(_DELETED) or "/",
            _plain(row[4]),
            "rw" in row[5].split(","),
        )
        for row in rows
        if len(row) > 5
    ]


def place_of(folder: PurePosixPath, mounts: Iterable[Mount]) -> Place | None:
    """Return where a folder is, by the mounts of whoever names it; None without any."""
    found = None
    for mount in mounts:  # later ones lie above earlier ones
        if folder.is_relative_to(mount.point) and (
            found is None or len(mount.point) >= len(found.point)
        ):
            found = mount
    if found is None:
        return None
    return Place(found.device, str(PurePosixPath(found.root) / folder.relative_to(found.point)))


def _plain(word: str) -> str:
    return _OCTAL.sub(lambda found: chr(int(found[1], 8)), word)
