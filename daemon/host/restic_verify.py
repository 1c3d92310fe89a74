"""Reading back what was written: every file of a repository is named by its content's hash."""

from hashlib import sha256
from typing import Final

from daemon.host.restic_files import Files
from daemon.host.restic_run import ResticFailed, restic, tell

DAMAGED: Final = "the repository is damaged: content does not match its name"
LOST: Final = "the repository is damaged: files have gone"
FOLDERS: Final = ("data", "index", "snapshots")


def verify(files: Files, known: list[str], *, taken_out: bool = False) -> list[str]:
    """Read every file that is not known to be whole; returns the names of all that are.

    Raises ResticFailed that names the damaged ones. They stay where they are: no backup of
    the workspace counts until somebody has looked at the disk. Where one that is known has
    gone and was not taken out just now, restic looks whether anything needs it: a prune that
    was cut leaves names that are known for too long.
    """
    whole, damaged, before, done = [], [], set(known), 0
    for one in (file for folder in FOLDERS for file in files.all(folder)):
        if one.name in before:
            whole.append(one.name)
            continue
        if hash_of(files, one.path) == one.name:
            whole.append(one.name)
        else:
            damaged.append(one)
        done += one.size
        tell(step="verifying", done=done)
    if damaged:
        raise ResticFailed(f"{DAMAGED}: {', '.join(one.name for one in damaged)}")
    if before.difference(whole) and not taken_out:
        restic("--no-lock", "check")
    return whole


def hash_of(files: Files, path: str) -> str:
    """Return the hash of what is there."""
    digest = sha256()
    for data in files.read(path):
        digest.update(data)
    return digest.hexdigest()
