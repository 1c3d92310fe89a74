"""What a workspace is told of its machine: files in a folder that is shown inside, read-only."""

from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from daemon.core.kernellog import Kill
from daemon.host import files

NAME: Final = "machine"
_KILLED: Final = "killed"
_HELD: Final = "held"
_NOTICED: Final = 4 << 20
"""A smaller change of what is kept back is not worth a write each second."""
_MOST_KILLED: Final = 20
"""Kills that are told of each instance, the newest."""


def tell_killed(folder: Path, kill: Kill) -> bool:
    """Tell which program the kernel has killed; False for what was told already."""
    path = folder / _KILLED
    told = msgspec.json.decode(files.read_whole(path) or "[]")
    if any(one["number"] >= kill.number for one in told):
        return False
    told.append({"number": kill.number, "name": kill.name})
    files.write_whole(path, msgspec.json.encode(told[-_MOST_KILLED:]).decode(), 0o644)
    return True


def tell_held(folder: Path, held: int) -> None:
    """Tell how many bytes of the workspace's disk the machine has no room for now."""
    path = folder / _HELD
    if not folder.is_dir():
        return
    before = int(files.read_whole(path) or "0")
    if bool(before) != bool(held) or abs(before - held) >= _NOTICED:
        with suppress(FileNotFoundError):  # it ends just now
            files.write_whole(path, str(held), 0o644)
