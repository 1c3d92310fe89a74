"""Which files hold a text, in time by what has been written of them.

A disk of a workspace is a file of gigabytes that is nearly all holes, which grep reads.
"""

import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

PIECE = 1 << 20


def files_with(text: str, *folders: Path) -> list[Path]:
    """Return the files below folders that hold a text; what goes meanwhile holds nothing."""
    return [one for folder in folders for one in _files(folder) if _holds(one, text.encode())]


def _files(folder: Path) -> Iterator[Path]:
    for place, _folders, names in os.walk(folder):
        yield from (one for name in names if not (one := Path(place, name)).is_symlink())


def _holds(path: Path, text: bytes) -> bool:
    if not path.is_file():
        return False
    try:
        with path.open("rb", buffering=0) as file:
            return any(text in piece for piece in _pieces(file.fileno(), len(text) - 1))
    except FileNotFoundError:
        return False


def _pieces(file: int, overlap: int) -> Iterable[bytes]:
    """Yield what has been written, each piece with the end of the one before."""
    end = 0
    while (start := _data(file, end)) is not None:
        end = os.lseek(file, start, os.SEEK_HOLE)
        tail = b""
        while start < end and (read := os.pread(file, min(PIECE, end - start), start)):
            yield tail + read
            tail = (tail + read)[-overlap:] if overlap else b""
            start += len(read)


def _data(file: int, place: int) -> int | None:
    try:
        return os.lseek(file, place, os.SEEK_DATA)
    except OSError as error:
        if error.errno not in {errno.ENXIO, errno.ESPIPE}:  # a namespace's file has no content
            raise
        return None
