"""Reading back what was written: every file of a repository is named by its content's hash."""

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from daemon.host.restic_box import REPOSITORY
from daemon.host.restic_run import ResticFailed, restic, tell

DAMAGED: Final = "the repository is damaged: content does not match its name"
_CHUNK: Final = 1 << 20
_FOLDERS: Final = ("data", "index", "snapshots")


def verify(known: list[str], *, taken_out: bool = False) -> list[str]:
    """Read every file that is not known to be whole; returns the names of all that are.

    Raises ResticFailed that names the damaged ones. They stay where they are: no backup of
    the workspace counts until somebody has looked at the disk. Where one that is known has
    gone and was not taken out just now, restic looks whether anything needs it: a prune that
    was cut leaves names that are known for too long.
    """
    whole, damaged, before, done = [], [], set(known), 0
    for path in _files():
        if path.name in before:
            whole.append(path.name)
            continue
        if _hash(path) == path.name:
            whole.append(path.name)
        else:
            damaged.append(path)
        done += path.stat().st_size
        tell(step="verifying", done=done)
    if damaged:
        raise ResticFailed(f"{DAMAGED}: {', '.join(one.name for one in damaged)}")
    if before.difference(whole) and not taken_out:
        restic("--no-lock", "check")
    return whole


def _files() -> Iterator[Path]:
    for name in _FOLDERS:
        for folder, _folders, names in os.walk(f"{REPOSITORY}/{name}"):
            yield from (Path(folder, one) for one in sorted(names))


def _hash(path: Path) -> str:
    """Return the hash of what is on the disk, as far as the kernel lets us ask for that."""
    digest = sha256()
    with path.open("rb", buffering=0) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while data := file.read(_CHUNK):
            digest.update(data)
    return digest.hexdigest()
