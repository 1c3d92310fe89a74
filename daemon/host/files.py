"""Writing small files so that a crash leaves the old content or the new one, never half."""

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import Final

from daemon.host import syscalls
from kit.folders import sync_folder

_AT_ONCE: Final = 8
"""Threads that wait for the disk: what many wait for at a time, a journal writes once."""
_NO_ROOM: Final = 8 << 20
"""Bytes that are as good as none, on a disk that is not small itself."""
_OF_SMALL: Final = 16
"""Part of a small disk that is as good as nothing of it."""
_BATCH: Final = 1024
"""Files whose names are held in memory meanwhile."""


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace the file's content; on return it is on the disk."""
    fresh = path.with_name(f".{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    fresh.rename(path)
    sync_folder(path.parent)


def write_over(path: Path, text: str) -> None:
    """Write over a short file, within the sector it has: that needs no space on a full disk.

    The text must not be shorter than what is there. On return it is on the disk.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    try:
        os.pwrite(descriptor, text.encode(), 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_whole(path: Path) -> str | None:
    """Return the file's text, or None when there is none."""
    try:
        return path.read_text()
    except FileNotFoundError:
        return None


def sync_filesystem(path: Path) -> None:
    """Make every byte on the filesystem of the folder safe on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        syscalls.syncfs(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(path: Path, *above: Path, batch: int = _BATCH) -> None:
    """Make a tree's files and names safe on the disk, following no link; and folders `above`."""
    found = chain(_files_and_folders(path), above)
    with ThreadPoolExecutor(_AT_ONCE, "sync") as threads:
        while some := list(islice(found, batch)):
            for _done in threads.map(_sync, some):
                continue  # the first one that failed is raised here


def _files_and_folders(path: Path) -> Iterator[Path]:
    for folder, _folders, names in os.walk(path):
        yield from (Path(folder, name) for name in names)
        yield Path(folder)


def _sync(path: Path) -> None:
    if path.is_symlink():
        return
    if path.is_dir():
        sync_folder(path)
    elif path.is_file():
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def is_full(path: Path) -> bool:
    """Tell whether the disk that the folder lies on takes nothing more."""
    state = os.statvfs(path)
    no_room = min(_NO_ROOM, state.f_blocks * state.f_frsize // _OF_SMALL)
    return state.f_bavail * state.f_frsize < no_room


def used_bytes(path: Path) -> int:
    """Return the disk space that a tree takes, counting a file with several names once."""
    total, seen = 0, set()
    stack = [path]
    while stack:
        one = stack.pop()
        try:
            found = one.lstat()
        except FileNotFoundError:
            continue
        if (found.st_dev, found.st_ino) not in seen:
            seen.add((found.st_dev, found.st_ino))
            total += found.st_blocks * 512
        if stat.S_ISDIR(found.st_mode):
            stack.extend(one.iterdir())
    return total
