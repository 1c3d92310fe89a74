"""Folders as layers: a tar whose bytes follow from the folder, so that nobody has to keep it.

Names are in order, times zero and everything is root's: two machines that have built the same
folder give the same layer, and any part of the tar is made when somebody asks for it. A whole
root file system keeps its owners, modes, times and capabilities beside that, since they are what
it is made of; of what is no file, folder or link it has nothing, for engines bring their own /dev.
"""

import os
import tarfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kit.oci.core.digests import spelt

_BLOCK = 512
_END = bytes(2 * _BLOCK)
_MODES = 0o777
"""Of folders that are shown in a workspace: set-user-id bits mean nothing there."""
_ALL_MODES = 0o7777
_KEPT_ATTRIBUTES = ("security.capability",)
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class _Segment:
    """A part of the tar: bytes, then a file of the disk and what fills its last block."""

    start: int
    head: bytes
    file: str = ""
    size: int = 0

    @property
    def padding(self) -> int:
        return -self.size % _BLOCK

    @property
    def length(self) -> int:
        return len(self.head) + self.size + self.padding


class Tree:
    """The tar of a folder, put below `inside`; of a root file system when that is empty.

    `without` are parts that are left out, by their path in the folder. Raises OSError, and
    ValueError for a folder with something else than files, folders and links.
    """

    def __init__(self, folder: Path, inside: str = "", without: Iterable[str] = ()) -> None:
        left_out = {folder / one for one in without}
        self._segments = list(_planned(folder, inside.strip("/"), left_out))
        self._starts = [one.start for one in self._segments]
        self.size = self._segments[-1].start + self._segments[-1].length

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """Give the bytes from `start` to before `end`, in pieces of about a MiB.

        Raises OSError for a file that is gone, ValueError for one that has become shorter.
        """
        waiting = bytearray()
        for piece in self._pieces(start, min(end, self.size)):
            if not waiting and len(piece) >= _PIECE:
                yield piece
                continue
            waiting += piece
            if len(waiting) >= _PIECE:
                yield bytes(waiting)
                waiting.clear()
        if waiting:
            yield bytes(waiting)

    def digest(self) -> str:
        """Return the digest of the whole; reads every file."""
        found = sha256()
        for piece in self.read(0, self.size):
            found.update(piece)
        return spelt(found.hexdigest())

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        at = max(0, bisect_right(self._starts, start) - 1)
        for one in self._segments[at:]:
            if one.start >= end:
                return
            yield from _of_segment(one, max(start - one.start, 0), end - one.start)


def _of_segment(one: _Segment, start: int, end: int) -> Iterator[bytes]:
    """Give the bytes of a segment from `start` to before `end`, counted from its beginning."""
    head, body = len(one.head), len(one.head) + one.size
    if start < head:
        yield one.head[start:end]
    if one.file and start < body and end > head:
        with Path(one.file).open("rb") as file:
            at, last = max(0, start - head), min(end, body) - head
            file.seek(at)
            while at < last:
                piece = file.read(min(_PIECE, last - at))
                if not piece:
                    raise ValueError(f"{one.file} has become shorter")
                at += len(piece)
                yield piece
    padding = min(end, one.length) - max(start, body)
    if padding > 0:
        yield bytes(padding)


def _planned(folder: Path, inside: str, left_out: set[Path]) -> Iterator[_Segment]:
    place = 0
    waiting = bytearray()
    first: dict[tuple[int, int], str] = {}
    for name, path in _walked(folder, inside, left_out):
        info = _described(name, path) if inside else _of_root(name, path, first)
        if info is None:
            continue
        waiting += info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
        if (info.isreg() and info.size) or len(waiting) >= _PIECE:
            file = str(path) if info.isreg() else ""
            one = _Segment(place, bytes(waiting), file, info.size)
            yield one
            place += one.length
            waiting.clear()
    yield _Segment(place, bytes(waiting) + _END)


def _walked(folder: Path, inside: str, left_out: set[Path]) -> Iterator[tuple[str, Path]]:
    """Give name and path of everything, folders before what is in them, in the order of names."""
    parts = inside.split("/") if inside else []
    yield from (("/".join(parts[: number + 1]), folder) for number in range(len(parts)))
    waiting = [("/".join(parts), folder)]
    while waiting:
        above, path = waiting.pop()
        for one in sorted(os.scandir(path), key=lambda entry: os.fsencode(entry.name)):
            if Path(one.path) in left_out:
                continue
            name = f"{above}/{one.name}" if above else one.name
            yield name, Path(one.path)
            if one.is_dir(follow_symlinks=False):
                waiting.append((name, Path(one.path)))


def _described(name: str, path: Path) -> tarfile.TarInfo:
    info, found = tarfile.TarInfo(name), path.lstat()
    info.mode = found.st_mode & _MODES
    if path.is_symlink():
        info.type, info.linkname = tarfile.SYMTYPE, str(path.readlink())
    elif path.is_dir():
        info.type = tarfile.DIRTYPE
    elif path.is_file():
        info.size = found.st_size
    else:
        raise ValueError(f"{path} is neither a file nor a folder")
    return info


def _of_root(name: str, path: Path, first: dict[tuple[int, int], str]) -> tarfile.TarInfo | None:
    """Describe a part of a root file system; `first` holds the first name of each file."""
    found = path.lstat()
    if not path.is_symlink() and not path.is_dir() and not path.is_file():
        return None
    info = _described(name, path)
    info.mode = found.st_mode & _ALL_MODES
    info.uid, info.gid, info.mtime = found.st_uid, found.st_gid, int(found.st_mtime)
    if info.isreg():
        before = first.setdefault((found.st_dev, found.st_ino), name)
        if before != name:
            info.type, info.linkname, info.size = tarfile.LNKTYPE, before, 0
            return info
    info.pax_headers = {
        f"SCHILY.xattr.{one}": os.getxattr(path, one, follow_symlinks=False).decode(
            "utf-8", "surrogateescape"
        )
        for one in os.listxattr(path, follow_symlinks=False)
        if one in _KEPT_ATTRIBUTES
    }
    return info
