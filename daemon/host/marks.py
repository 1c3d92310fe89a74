"""Marks by which a folder that is mounted is told from the empty place below the mount.

Each folder has a file with an id, and the data folder a note of these ids. A folder without its
mark is not mounted, or another one: nothing in it is what it seems, so that whoever finds it may
neither take anything for lost nor write into it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec

from daemon.host import files

MARK: Final = ".podium-folder"
NOTE: Final = "marked-folders.json"


class FolderLost(Exception):
    """A folder is not the one that it was."""


def check(home: Path, folders: Mapping[str, Path]) -> None:
    """Mark what has no mark yet and was never noted; blocks on the disk. Raises FolderLost.

    A mark comes before its note: a kill in between leaves one that the next start notes. One that
    comes with a disk of another data folder is taken as it is.
    """
    note = home / NOTE
    noted = msgspec.json.decode(files.read_whole(note) or "{}", type=dict[str, str])
    known = dict(noted)
    for name, folder in folders.items():
        mark = (files.read_whole(folder / MARK) or "").strip()
        if name in noted:
            if mark != noted[name]:
                raise FolderLost(
                    f"{folder} is not the folder that it was: is its disk mounted? If it is "
                    f"another one on purpose, remove {note}."
                )
            continue
        if not mark:
            mark = uuid4().hex
            folder.mkdir(mode=0o700, exist_ok=True)
            files.write_whole(folder / MARK, f"{mark}\n")
        known[name] = mark
    if known != noted:
        files.write_whole(note, msgspec.json.encode(known).decode())
