"""File systems of the kind ext4 in files: made, measured and made larger; every call blocks."""

import errno
import fcntl
import os
import struct
import subprocess
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

_BLOCK: Final = 4096
_RESERVE_PERCENT: Final = "0.5"
"""Of a disk, for who starts and watches its workspace when it is full."""
_FORMAT: Final = (
    *("mkfs.ext4", "-q", "-F", "-b", str(_BLOCK), "-m", _RESERVE_PERCENT),
    *("-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard"),
)
_RESIZE: Final = 0x4008_6610
"""EXT4_IOC_RESIZE_FS: takes the number of blocks."""
_SUPERBLOCK: Final = 1024
_OF_ITSELF: Final = 50
_MOST_OF_ITSELF: Final = 4096
"""The file system keeps this part of its blocks for itself, and so many at most."""
_SHORT_GROUP: Final = 32
"""Bytes that tell of a group, in a file system without numbers of 64 bits."""
_PATIENCE: Final = 60.0
"""Seconds that formatting may take; a quiet machine needs a hundredth of one."""


def make(image: Path, size: int) -> None:
    """Make an empty file system of so many bytes in a file of that size.

    Raises OSError, FileNotFoundError for a program that is missing.
    """
    _run([*_FORMAT, "-J", f"size={journal_of(size) >> 20}", str(image)])


def journal_of(size: int) -> int:
    """Return the bytes of the journal that a file system of so many bytes gets."""
    return min(max(size >> 24, 4), 64) << 20


def kept_of(image: Path) -> int:
    """Return the bytes that are root's alone, or the file system's own; see ext4_statfs()."""
    fields = _superblock(image)
    blocks, root = struct.unpack_from("<2I", fields, 4)
    return int(root + min(blocks // _OF_ITSELF, _MOST_OF_ITSELF)) * _BLOCK


def tables_used(image: Path) -> int:
    """Return the bytes of the inode tables that have been in use; the rest is not written."""
    fields = _superblock(image)
    blocks, group, each = (struct.unpack_from("<I", fields, at)[0] for at in (4, 32, 40))
    inode, length = (struct.unpack_from("<H", fields, at)[0] for at in (88, 254))
    count, length = -(-blocks // group), max(length, _SHORT_GROUP)
    with image.open("rb") as file:
        file.seek(_BLOCK)
        table = file.read(count * length)
    used = 0
    for at in range(0, len(table), length):
        unused = struct.unpack_from("<H", table, at + 28)[0]
        if length > _SHORT_GROUP:
            unused |= struct.unpack_from("<H", table, at + 50)[0] << 16
        used += each - unused
    return int(used * inode)


def _superblock(image: Path) -> bytes:
    with image.open("rb") as file:
        file.seek(_SUPERBLOCK)
        return file.read(1024)


def size_of(image: Path) -> int:
    """Return bytes, from the superblock: the file may be larger, when a growth was cut."""
    low: int = struct.unpack_from("<I", _superblock(image), 4)[0]
    return low * _BLOCK


def grow_mounted(place: Path, size: int) -> None:
    """Let a mounted file system have so many bytes. Raises OSError, also where one may not."""
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.ioctl(descriptor, _RESIZE, struct.pack("=Q", size // _BLOCK))
    finally:
        os.close(descriptor)


def grow(image: Path) -> None:
    """Let a file system that nobody has mounted be as large as its file. Raises OSError."""
    _run(["e2fsck", "-fp", str(image)], fine=(0, 1))
    _run(["resize2fs", "-f", str(image)])


def _run(command: Sequence[str], fine: Collection[int] = (0,)) -> None:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:  # whoever waits knows what to do about an OSError
        said = f"no end after {_PATIENCE:.0f} s"
        raise OSError(errno.ETIMEDOUT, said, command[0]) from error
    if done.returncode not in fine:
        said = done.stderr.decode(errors="replace")[-300:].strip()
        raise OSError(errno.EIO, said or f"exit code {done.returncode}", command[0])
