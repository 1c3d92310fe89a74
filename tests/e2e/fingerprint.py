"""What a tree is, bit for bit, so that two moments can be compared."""

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path

# The supervisor's own diary of a day (gauges), written to as long as a workspace runs.
DIARY = ".podium/day"
DIARY_FOLDER = ".podium"


def fingerprint(root: Path) -> dict[str, tuple]:
    """Everything that must survive, by path: type, mode, owners, times, links, content, xattrs.

    The supervisor's diary is left out, and of its folder only type, mode and owners are told:
    it grows while a workspace runs, whatever is killed meanwhile.
    """
    found: dict[str, tuple] = {}
    for folder, folders, files in os.walk(root):
        for name in [*folders, *files]:
            path = Path(folder, name)
            # what goes while a workspace runs is not there
            with suppress(FileNotFoundError):
                found[str(path.relative_to(root))] = _print_of(path)
    found.pop(DIARY, None)
    if DIARY_FOLDER in found:
        found[DIARY_FOLDER] = found[DIARY_FOLDER][:4]
    return found


def _print_of(path: Path) -> tuple:
    info = path.lstat()
    body = ""
    if stat.S_ISLNK(info.st_mode):
        body = str(path.readlink())
    elif stat.S_ISREG(info.st_mode):
        body = hashlib.sha256(path.read_bytes()).hexdigest()
    attributes = tuple(
        (key, os.getxattr(path, key, follow_symlinks=False))
        for key in os.listxattr(path, follow_symlinks=False)
    )
    return (
        stat.S_IFMT(info.st_mode),
        stat.S_IMODE(info.st_mode),
        info.st_uid,
        info.st_gid,
        info.st_mtime_ns,
        info.st_nlink,
        body,
        attributes,
    )


def holding(folder: Path, text: bytes) -> list[Path]:
    """Return the files that hold a text; others may come and go meanwhile."""
    found = []
    for place, _folders, files in os.walk(folder):
        for path in (Path(place, name) for name in files):
            with suppress(FileNotFoundError):
                if stat.S_ISREG(path.lstat().st_mode) and text in path.read_bytes():
                    found.append(path)
    return found
