"""The files of a repository, as restic lays them out: on this disk, or in an object store.

`data/<2>/<id>`, `index/<id>`, `snapshots/<id>`, `keys/<id>`, `locks/<id>` and `config`. The id of
a file is its content's hash.
"""

import importlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from daemon.host.restic_box import REPOSITORY
from daemon.host.restic_run import ResticFailed
from kit.objectstore import Credentials, Place, opened

_CHUNK: Final = 1 << 20
_AT_ONCE: Final = 1000
"""Objects that one request of S3 removes."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a repository."""

    path: str
    size: int
    written: float = field(default=0.0, compare=False)
    """When, in seconds since 1970."""

    @property
    def name(self) -> str:
        """Return what it is called, without its folder."""
        return self.path.rpartition("/")[2]


class Files(Protocol):
    """What reading back, tidying and mending need."""

    def all(self, folder: str = "") -> Iterator[File]:
        """Yield what is below a folder, in the order of names."""

    def read(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file, as they are on the disk or in the store."""

    def write(self, path: str, data: bytes) -> None:
        """Write a file whole."""

    def move(self, path: str, to: str) -> None:
        """Move a file, over another one if need be."""

    def remove(self, paths: list[str]) -> None:
        """Remove files; those that are not there are fine."""


def files_of(plan: dict[str, Any]) -> Files:
    """Return the files of the plan's repository."""
    store = plan.get("store")
    return Disk() if store is None else Bucket(store)


class Disk:
    """A repository on this disk."""

    def all(self, folder: str = "") -> Iterator[File]:
        top = Path(REPOSITORY, folder)
        for parent, folders, names in os.walk(top):
            folders.sort()
            for name in sorted(names):
                path = Path(parent, name)
                about = path.stat()
                yield File(str(path.relative_to(REPOSITORY)), about.st_size, about.st_mtime)

    def read(self, path: str) -> Iterator[bytes]:
        with Path(REPOSITORY, path).open("rb", buffering=0) as file:
            # what is on the disk, as far as the kernel lets us ask for that
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while data := file.read(_CHUNK):
                yield data

    def write(self, path: str, data: bytes) -> None:
        target = Path(REPOSITORY, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        target.chmod(0o400)

    def move(self, path: str, to: str) -> None:
        target = Path(REPOSITORY, to)
        target.parent.mkdir(parents=True, exist_ok=True)
        Path(REPOSITORY, path).rename(target)

    def remove(self, paths: list[str]) -> None:
        for path in paths:
            Path(REPOSITORY, path).unlink(missing_ok=True)


class Bucket:
    """A repository in an object store. Everything raises ResticFailed when that fails."""

    def __init__(self, store: dict[str, Any]) -> None:
        self._library = importlib.import_module("obstore")
        place = Place(**store["place"])
        self._store = opened(place, Credentials(store["id"], store["secret"]), *store["below"])

    def all(self, folder: str = "") -> Iterator[File]:
        found = []
        with Told():
            for page in self._library.list(self._store, folder or None):
                found += [
                    File(one["path"], one["size"], one["last_modified"].timestamp()) for one in page
                ]
        yield from sorted(found, key=lambda one: one.path)

    def read(self, path: str) -> Iterator[bytes]:
        with Told():
            for piece in self._library.get(self._store, path).stream(min_chunk_size=_CHUNK):
                yield bytes(piece)

    def write(self, path: str, data: bytes) -> None:
        with Told():
            self._library.put(self._store, path, data, use_multipart=False)

    def move(self, path: str, to: str) -> None:
        with Told():
            self._library.rename(self._store, path, to)

    def remove(self, paths: list[str]) -> None:
        with Told():
            for first in range(0, len(paths), _AT_ONCE):
                self._library.delete(self._store, paths[first : first + _AT_ONCE])


def load(libraries: str) -> None:
    """Load what speaks to object stores, which the box has not, from the daemon's libraries."""
    sys.path.append(libraries)
    for name in ("obstore", "obstore.store", "obstore.exceptions"):
        importlib.import_module(name)


class Told:
    """Says what a store has answered as `core.restic` reads it."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, FileNotFoundError):
            raise ResticFailed(f"store: missing: {error}") from error
        if type(error).__module__.startswith("obstore"):
            raise ResticFailed(f"store: failed: {error}") from error
