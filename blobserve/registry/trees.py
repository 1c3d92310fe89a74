"""Layers made of folders that set-up has built: the supervisor's and the editor's.

A tar is not kept anywhere. Its bytes follow from the folder, which never changes (its name is
the hash of what it was made of): names in order, no times, root as owner. So the digest is
computed once, and any part of the tar is made when somebody asks for it; two machines that
have built the same folder give the same layer.
"""

import asyncio
import os
import tarfile
from bisect import bisect_right
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from blobserve.registry.contents import CHUNK, read_file
from kit.oci.core.digests import spelt

_BLOCK = 512
_END = bytes(2 * _BLOCK)
_MODES = 0o777
"""Set-user-id bits mean nothing in these folders, and are not given to a workspace."""


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
    """The tar of a folder, put below `inside`; implements Content."""

    def __init__(self, folder: Path, inside: str) -> None:
        self._segments = list(_planned(folder, inside))
        self._starts = [one.start for one in self._segments]
        self.size = self._segments[-1].start + self._segments[-1].length

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        for one in self._segments[bisect_right(self._starts, start) - 1 :]:
            if one.start >= end:
                return
            async for chunk in _of_segment(one, max(0, start - one.start), end - one.start):
                yield chunk

    async def digest(self) -> str:
        """Return the digest of the whole; reads every file."""
        found = sha256()
        async for chunk in self.read(0, self.size):
            found.update(chunk)
        return spelt(found.hexdigest())


async def _of_segment(one: _Segment, start: int, end: int) -> AsyncIterator[bytes]:
    """Give the bytes of a segment from `start` to before `end`, counted from its beginning."""
    head, body = len(one.head), len(one.head) + one.size
    if start < head:
        yield one.head[start:end]
    if one.file and start < body and end > head:
        with await asyncio.to_thread(open, one.file, "rb") as file:
            async for chunk in read_file(file, max(0, start - head), min(end, body) - head):
                yield chunk
    padding = min(end, one.length) - max(start, body)
    if padding > 0:
        yield bytes(padding)


def _planned(folder: Path, inside: str) -> Iterator[_Segment]:
    place = 0
    waiting = bytearray()
    for name, path in _walked(folder, inside):
        info = _described(name, path)
        waiting += info.tobuf(tarfile.PAX_FORMAT)
        if (info.isreg() and info.size) or len(waiting) >= CHUNK:
            file = str(path) if info.isreg() else ""
            one = _Segment(place, bytes(waiting), file, info.size)
            yield one
            place += one.length
            waiting.clear()
    yield _Segment(place, bytes(waiting) + _END)


def _walked(folder: Path, inside: str) -> Iterator[tuple[str, Path]]:
    """Give name and path of everything, folders before what is in them, in the order of names."""
    parts = inside.strip("/").split("/")
    yield from (("/".join(parts[: number + 1]), folder) for number in range(len(parts)))
    waiting = [("/".join(parts), folder)]
    while waiting:
        above, path = waiting.pop()
        for one in sorted(os.scandir(path), key=lambda entry: os.fsencode(entry.name)):
            yield f"{above}/{one.name}", Path(one.path)
            if one.is_dir(follow_symlinks=False):
                waiting.append((f"{above}/{one.name}", Path(one.path)))


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
