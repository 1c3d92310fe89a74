"""Carries out the steps of a layer in a root that is this process's own `/`.

Names of parents are resolved as a workspace would resolve them, links included: since there
is nothing but the image to be seen, they end in it. What a layer has written itself is
remembered, because its whiteouts count for the layers below alone.
"""

import os
import shutil
import stat
from collections.abc import Callable
from typing import Final

from daemon.core.layers import DEEPEST, Action, Entry, Kind, Refused, Step, shown

PIECE: Final = 1 << 18
_ZEROS: Final = bytes(PIECE)
_ROOT: Final = b"/"

Read = Callable[[int], bytes]


class Tree:
    """The root, and what the layer at hand has put into it."""

    def __init__(self) -> None:
        self._written: set[int] = set()
        """Hashes of real paths: a million of them take less than 100 MB."""
        self._last: tuple[tuple[bytes, ...], bytes] | None = None

    def apply(self, entry: Entry, step: Step, read: Read, *, sparse: bool = False) -> None:
        """Carry out a step; `read` gives the content of a file, `sparse` ones with holes.

        Raises Refused, or OSError for what the file system does not take.
        """
        match step.action:
            case Action.SKIP:
                return
            case Action.REMOVE:
                self._hide(step.path)
            case Action.EMPTY:
                self._empty(os.path.realpath(_join(step.path)))
            case Action.MAKE:
                self._make(entry, step, read, sparse=sparse)

    def _make(self, entry: Entry, step: Step, read: Read, *, sparse: bool) -> None:
        path = self._place(step.path)
        self._mark(path)
        if entry.kind is Kind.FOLDER:
            self._folder(path, step)
            return
        if entry.kind is Kind.HARDLINK:
            self._hardlink(entry, path, step)
            return
        self._clear(path)
        match entry.kind:
            case Kind.FILE:
                _write(path, entry, step, read, sparse=sparse)
            case Kind.SYMLINK:
                os.symlink(step.target, path)  # noqa: PTH211 -- bytes
                self._last = None
                os.lchown(path, step.uid, step.gid)
            case Kind.FIFO:
                os.mkfifo(path, 0o600)
                os.lchown(path, step.uid, step.gid)
                os.chmod(path, step.mode)  # noqa: PTH101 -- bytes
        os.utime(path, (step.modified, step.modified), follow_symlinks=False)

    def _folder(self, path: bytes, step: Step) -> None:
        if path != _ROOT and not _is_folder(path):
            self._clear(path)
            os.mkdir(path, 0o700)  # noqa: PTH102 -- bytes
        os.chown(path, step.uid, step.gid)
        for name, value in step.xattrs.items():
            os.setxattr(path, name, value)
        os.chmod(path, step.mode)  # noqa: PTH101 -- bytes

    def _hardlink(self, entry: Entry, path: bytes, step: Step) -> None:
        above = os.path.realpath(_join(step.link[:-1]))
        source = os.path.join(above, step.link[-1])  # noqa: PTH118 -- bytes
        try:
            found = os.lstat(source)
        except FileNotFoundError as error:
            raise Refused(
                f"{shown(entry.name)} is a second name of {shown(entry.link)}, which is not there"
            ) from error
        if stat.S_ISDIR(found.st_mode):
            raise Refused(f"{shown(entry.name)} is a second name of a folder")
        if source != path:
            self._clear(path)
            os.link(source, path, follow_symlinks=False)

    def _place(self, path: tuple[bytes, ...]) -> bytes:
        """Return the real path of what is to be made; folders above it are made."""
        if not path:
            return _ROOT
        above = path[:-1]
        if self._last is None or self._last[0] != above:
            real = os.path.realpath(_join(above))
            if real.count(b"/") > DEEPEST:  # by way of links
                raise Refused(f"{shown(_join(path))} lies too deep")
            os.makedirs(real, 0o755, exist_ok=True)  # noqa: PTH103 -- bytes
            while real not in {_ROOT, b""}:
                self._mark(real)
                real = os.path.dirname(real)  # noqa: PTH120 -- bytes
            self._last = (above, os.path.realpath(_join(above)))
        return os.path.join(self._last[1], path[-1])  # noqa: PTH118 -- bytes

    def _hide(self, path: tuple[bytes, ...]) -> None:
        real = os.path.join(os.path.realpath(_join(path[:-1])), path[-1])  # noqa: PTH118 -- bytes
        if not self._has_written(real):
            self._clear(real)
        elif _is_folder(real):
            self._empty(real)

    def _empty(self, folder: bytes) -> None:
        """Take out of a folder what lower layers have put there."""
        if not _is_folder(folder):
            return
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            for name in os.listdir(here):  # noqa: PTH208 -- bytes
                real = os.path.join(here, name)  # noqa: PTH118 -- bytes
                if not self._has_written(real):
                    self._clear(real)
                elif _is_folder(real):
                    waiting.append(real)

    def _clear(self, path: bytes) -> None:
        """Remove whatever has the name, and follow no link."""
        try:
            found = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return
        if path == _ROOT:
            raise Refused("the image takes its own root away")
        self._last = None
        if stat.S_ISDIR(found.st_mode):
            shutil.rmtree(path)
        else:
            os.unlink(path)  # noqa: PTH108 -- bytes

    def _mark(self, path: bytes) -> None:
        self._written.add(hash(path))

    def _has_written(self, path: bytes) -> bool:
        return hash(path) in self._written


def _join(path: tuple[bytes, ...]) -> bytes:
    return _ROOT + b"/".join(path)


def _is_folder(path: bytes) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _write(path: bytes, entry: Entry, step: Step, read: Read, *, sparse: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    try:
        left = entry.size
        while left > 0:
            data = read(min(PIECE, left))
            if not data:
                raise Refused(f"{shown(entry.name)} ends before it is whole")
            left -= len(data)
            if sparse and data == _ZEROS[: len(data)]:
                os.lseek(descriptor, len(data), os.SEEK_CUR)
                continue
            _write_all(descriptor, data)
        if sparse:
            os.ftruncate(descriptor, entry.size)
        os.fchown(descriptor, step.uid, step.gid)
        for name, value in step.xattrs.items():
            os.setxattr(descriptor, name, value)
        os.fchmod(descriptor, step.mode)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
