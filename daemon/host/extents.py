"""Where on a disk its files lie, and room on the node for it; see FS_IOC_GETFSMAP and FIEMAP.

A program may have space set aside in a file (fallocate) and write to it much later. On its disk
that space is taken, on the node it is not: nobody refuses the write for which there is no room.
"""

import array
import fcntl
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from daemon.host import syscalls

Extent = tuple[int, int]
"""First byte on the disk, and the byte behind the last."""

_GETFSMAP: Final = 0xC0C0_583B
_MAP_HEAD: Final = struct.Struct("=4I48x")
_MAP_ENTRY: Final = struct.Struct("=2I4Q24x")
_FIEMAP: Final = 0xC020_660B
_FILE_HEAD: Final = struct.Struct("=2Q4I")
_FILE_ENTRY: Final = struct.Struct("=3Q16xI12x")
_LAST: Final = 1
_SPECIAL: Final = 16
_OF_FILES: Final = 2
"""Its owner is not known: it is a file's. Both are of linux/fsmap.h."""
_AT_ONCE: Final = 512
_MOST: Final = 2**64 - 1


def of_files(place: Path) -> Iterator[Extent]:
    """Yield what files take of the ext4 that is mounted there, its journal included."""
    keys = [(0, 0, 0, 0, 0, 0), (2**32 - 1, 2**32 - 1, _MOST, _MOST, _MOST, 0)]
    folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        while True:
            said = bytearray(_MAP_HEAD.pack(0, 0, _AT_ONCE, 0))
            said += b"".join(_MAP_ENTRY.pack(*one) for one in keys)
            head = len(said)
            said += bytes(_AT_ONCE * _MAP_ENTRY.size)
            fcntl.ioctl(folder, _GETFSMAP, said)
            entries = _MAP_HEAD.unpack_from(said)[3]
            found = [_MAP_ENTRY.unpack_from(said, head + n * 64) for n in range(entries)]
            for _device, flags, start, owner, _offset, length in found:
                if flags & _SPECIAL and owner == _OF_FILES:
                    yield start, start + length
            if not found or found[-1][1] & 2 * _SPECIAL:
                return
            keys[0] = found[-1]
    finally:
        os.close(folder)


def of_file(path: Path) -> Iterator[Extent]:
    """Yield what one file takes of its disk."""
    file, begin = os.open(path, os.O_RDONLY | os.O_NOFOLLOW), 0
    try:
        while True:
            said = array.array("B", _FILE_HEAD.pack(begin, _MOST - begin, 0, 0, _AT_ONCE, 0))
            said.frombytes(bytes(_AT_ONCE * _FILE_ENTRY.size))
            fcntl.ioctl(file, _FIEMAP, said)
            entries = _FILE_HEAD.unpack_from(said)[3]
            for number in range(entries):
                at = _FILE_HEAD.size + number * _FILE_ENTRY.size
                logical, start, length, flags = _FILE_ENTRY.unpack_from(said, at)
                yield start, start + length
                begin = logical + length
            if not entries or flags & _LAST:
                return
    finally:
        os.close(file)


def without(all_of_them: Iterator[Extent], some: Iterator[Extent]) -> Iterator[Extent]:
    """Yield what of the ones is not of the others."""
    others = sorted(some)
    for start, end in all_of_them:
        begin = start
        for first, behind in others:
            if first < end and behind > begin:
                if first > begin:
                    yield begin, first
                begin = max(begin, behind)
        if begin < end:
            yield begin, end


def back(image: Path, place: Path, but: str) -> None:
    """Have room on the node for all that files take of a disk, but for one. Raises OSError."""
    file = os.open(image, os.O_RDWR | os.O_NOFOLLOW)
    try:
        for start, end in without(of_files(place), of_file(place / but)):
            syscalls.allocate(file, start, end - start)
    finally:
        os.close(file)
