"""A folder of files that can be made again, within a limit: the least recently used go first.

A file counts when its mark stands beside it, which is set when it is whole. Files do not move
while they are written, so that they can be read before they are whole.
"""

import os
import threading
from pathlib import Path
from typing import BinaryIO

import structlog

from blobserve.core.counts import Counts
from blobserve.core.evict import Used, choose

_log = structlog.get_logger(__name__)
_WHOLE = ".whole"


class Cache:
    """Files by name. One process at a time has the folder; methods may be called from threads."""

    def __init__(self, folder: Path, most: int, counts: Counts | None = None) -> None:
        self.most = most
        """Bytes."""
        self.counts = counts or Counts()
        self._folder = folder
        self._files: dict[str, Used] = {}
        self._busy: set[str] = set()
        self._lock = threading.RLock()

    def open(self) -> None:
        """Take up what is there, and remove what is not whole."""
        self._folder.mkdir(parents=True, exist_ok=True)
        there = {one.name: one for one in self._folder.iterdir()}
        for name, path in there.items():
            if name.endswith(_WHOLE):
                if name.removesuffix(_WHOLE) not in there:
                    path.unlink()
            elif f"{name}{_WHOLE}" in there:
                found = path.stat()
                self._files[name] = Used(found.st_size, found.st_atime)
            else:
                path.unlink()
        self._evict()

    @property
    def size(self) -> int:
        """Bytes of all files that are whole."""
        return sum(one.size for one in list(self._files.values()))

    def path(self, name: str) -> Path:
        """Return where a file is, or will be."""
        return self._folder / name

    def use(self, name: str, now: float) -> bool:
        """Tell whether a file is there and whole, and note that it is used."""
        found = self._files.get(name)
        if found is None or not self.path(name).exists():
            return False
        found.at = now
        return True

    def begin(self, name: str) -> BinaryIO:
        """Return a new file to write, unbuffered so that what is written can be read."""
        with self._lock:
            self._busy.add(name)
            self._forget(name)
        return self.path(name).open("xb", buffering=0)

    def end(self, name: str, now: float, *, whole: bool) -> None:
        """Keep a file that is whole, or remove it."""
        with self._lock:
            if whole:
                size = self.path(name).stat().st_size
                self.path(f"{name}{_WHOLE}").touch()
                self._files[name] = Used(size, now)
                self._evict()
            else:
                self._forget(name)
            self._busy.discard(name)

    def _evict(self) -> None:
        going = choose(dict(self._files), self.most, self._busy)
        for name in going:
            self.counts.add("evicted")
            self.counts.add("evicted_bytes", count=self._files[name].size)
            self._forget(name)
        if going:
            _log.info("evicted", files=going)

    def _forget(self, name: str) -> None:
        self._files.pop(name, None)
        for one in (f"{name}{_WHOLE}", name):
            path = self._folder / one
            if os.path.lexists(path):
                path.unlink()
