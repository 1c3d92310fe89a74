"""The mirrors of this node on disk: `mirrors/<key>/{lock,store/}`.

The store belongs to git's user, so that git can write there and nowhere else; its
parents are root's alone. The folder of a mirror that was dropped stays, empty:
a lock that is removed would be two locks for a moment. Its file's time is the
last use.
"""

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from daemon.core.mirror import WHOLE, mirror_key, over_limit
from daemon.host import files

_log = structlog.get_logger(__name__)
_TRASH: Final = ".trash-"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the mirror of one repository is."""

    lock: Path
    store: Path


class Mirrors:
    """The mirror folder of this node; every method blocks on the disk."""

    def __init__(self, root: Path, limit: int, owner: int) -> None:
        self._root = root
        self._limit = limit
        self._owner = owner

    def open(self) -> None:
        """Make the folder, and finish the removals that a crash has interrupted."""
        self._root.mkdir(mode=0o700, exist_ok=True)
        for leftover in self._root.glob(f"{_TRASH}*"):
            shutil.rmtree(leftover)

    def place(self, url: str) -> Place | None:
        """Return where the address's mirror is or will be, in use from now; None without any."""
        if not self._limit:
            return None
        folder = self._root / mirror_key(url)
        place = Place(folder / "lock", folder / "store")
        folder.mkdir(mode=0o700, exist_ok=True)
        if not place.store.is_dir():
            place.store.mkdir(mode=0o755, exist_ok=True)
            os.chown(place.store, self._owner, self._owner)
        place.lock.touch(mode=0o600)
        return place

    def trim(self, limit: int | None = None) -> list[str]:
        """Drop the least recently used mirrors beyond the limit, but for those in use.

        Another limit than the set one, 0 for instance, is for a disk that is full.
        """
        most = self._limit if limit is None else limit
        sizes = {
            folder.name: ((folder / "lock").stat().st_mtime, files.used_bytes(folder / "store"))
            for folder in self._root.iterdir()
            if (folder / "lock").exists()
        }
        return [key for key in over_limit(sizes, most) if self._drop(key)]

    def _drop(self, key: str) -> bool:
        folder = self._root / key
        with (folder / "lock").open("r+b") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            whole, trash = folder / "store" / WHOLE, self._root / f"{_TRASH}{key}"
            if not whole.exists():
                return False
            shutil.rmtree(trash, ignore_errors=True)
            whole.rename(trash)
        shutil.rmtree(trash)
        _log.info("mirror_dropped", mirror=key)
        return True
