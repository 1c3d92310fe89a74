"""A look over a whole tree before restic reads it: what restic would lose, and whether it moved.

Debian's restic 0.14 restores holes as zeros and sockets not at all, and what a link says and
times far from now only when they fit its JSON: all of these are written into a manifest that
goes into the snapshot, and made again by `mending`. The fingerprint covers every name with
its inode, owner, mode, size and times of change, so that a tree in which nothing happened is
recognised without restic.

Only the standard library is imported: the backup's child starts without anything else.
"""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import blake2b
from typing import Any, Final

_DIARY: Final = b"workspace/.podium"
"""The supervisor's own samples are written all day: what is in this folder is no change."""
_BLOCK: Final = 512
_MOST_HOLES: Final = 100_000
"""Of a whole tree; files with more come back full, at the cost of space alone."""
_SOONEST, _LATEST = -9_200_000_000 * 10**9, 9_200_000_000 * 10**9
"""Nanoseconds since 1970 that restic's 64 bits hold."""


_SHOWN: Final = 200
"""Bytes of a path that is too long."""


class TooLong(Exception):
    """A path that no program opens at once; the text is its beginning."""


@dataclass(slots=True)
class Survey:
    """What was seen."""

    files: int = 0
    bytes: int = 0
    fingerprint: str = ""
    holes: list[list[Any]] = field(default_factory=list)
    """[path, size, [[offset, length], …]] of sparse files."""
    holes_left: int = _MOST_HOLES
    sockets: list[list[Any]] = field(default_factory=list)
    """[path, mode, uid, gid, mtime in ns]."""
    links: list[list[Any]] = field(default_factory=list)
    """[path, target] of links that say what is no UTF-8."""
    times: list[list[Any]] = field(default_factory=list)
    """[path, mtime in ns] of what was changed too far from now."""

    def manifest(self) -> dict[str, Any]:
        """Return what goes into the snapshot."""
        return {
            "version": 1,
            "holes": self.holes,
            "sockets": self.sockets,
            "links": self.links,
            "times": self.times,
        }


def spell(path: bytes) -> str:
    """Return any bytes as text that JSON keeps exactly."""
    return path.decode("latin-1")


def unspell(text: str) -> bytes:
    """Return the bytes that `spell` was given."""
    return text.encode("latin-1")


def survey(
    root: bytes, tops: list[bytes], excludes: list[str], most_holes: int = _MOST_HOLES
) -> Survey:
    """Look at everything below the tops, which are folders in the root."""
    found, left_out = Survey(holes_left=most_holes), _Excludes(excludes)
    digest = blake2b(digest_size=32)
    for top in tops:
        for path, entry in _walk(root, top, left_out):
            digest.update(_mark(path, entry))
            _note(root, path, entry, found)
    found.fingerprint = digest.hexdigest()
    return found


def _walk(root: bytes, top: bytes, left_out: "_Excludes") -> Iterator[tuple[bytes, os.stat_result]]:
    """Yield every path with its state, in an order that depends on names alone."""
    stack = [top]
    while stack:
        path = stack.pop()
        try:
            entry = os.lstat(os.path.join(root, path))
        except (FileNotFoundError, NotADirectoryError):
            continue  # a workspace that runs
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG:
                raise
            raise TooLong(f"{path[:_SHOWN].decode(errors='replace')}…") from error
        yield path, entry
        if not stat.S_ISDIR(entry.st_mode):
            continue
        try:
            names = sorted(os.listdir(os.path.join(root, path)), reverse=True)
        except (FileNotFoundError, NotADirectoryError):
            continue
        stack += [below for name in names if not left_out.has(below := os.path.join(path, name))]


def _mark(path: bytes, entry: os.stat_result) -> bytes:
    if path == _DIARY or path.startswith(_DIARY + b"/"):
        return b""
    said = (
        entry.st_mode,
        entry.st_uid,
        entry.st_gid,
        entry.st_size,
        entry.st_ino,
        entry.st_mtime_ns,
        entry.st_ctime_ns,
    )
    return b"%b\0%b\n" % (path, repr(said).encode())


def _note(root: bytes, path: bytes, entry: os.stat_result, found: Survey) -> None:
    kind = stat.S_IFMT(entry.st_mode)
    full = os.path.join(root, path)
    if not _SOONEST < entry.st_mtime_ns < _LATEST:
        found.times.append([spell(path), entry.st_mtime_ns])
    if kind == stat.S_IFREG:
        found.files += 1
        found.bytes += entry.st_size
        if entry.st_blocks * _BLOCK < entry.st_size:
            holes = _holes(full, entry.st_size, found.holes_left)
            if holes:
                found.holes_left -= len(holes)
                found.holes.append([spell(path), entry.st_size, holes])
    elif kind == stat.S_IFSOCK:
        mode = stat.S_IMODE(entry.st_mode)
        who = [entry.st_uid, entry.st_gid]
        found.sockets.append([spell(path), mode, *who, entry.st_mtime_ns])
    elif kind == stat.S_IFLNK:
        _note_link(full, path, found)


def _note_link(full: bytes, path: bytes, found: Survey) -> None:
    try:
        target = os.readlink(full)
        target.decode()
    except OSError:
        return
    except UnicodeDecodeError:
        found.links.append([spell(path), spell(target)])


def _holes(path: bytes, size: int, most: int) -> list[list[int]]:
    """Return offset and length of each hole; none when there are more than `most`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return []  # gone meanwhile, or not readable: restic will say so
    found, place = [], 0
    try:
        while place < size:
            hole = os.lseek(descriptor, place, os.SEEK_HOLE)
            if hole >= size:
                break
            try:
                place = min(os.lseek(descriptor, hole, os.SEEK_DATA), size)
            except OSError:  # no data behind it
                place = size
            found.append([hole, place - hole])
            if len(found) > most:
                return []
    except OSError:
        return []
    finally:
        os.close(descriptor)
    return found


class _Excludes:
    """Patterns as `core.excludes` gives them: parts below the tree, `**` for any folders."""

    def __init__(self, patterns: list[str]) -> None:
        self._patterns = [one.strip("/").encode().split(b"/") for one in patterns]

    def has(self, path: bytes) -> bool:
        parts = path.split(b"/")
        return any(_matches(parts, pattern) for pattern in self._patterns)


def _matches(parts: list[bytes], pattern: list[bytes]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == b"**":
        return any(_matches(parts[n:], pattern[1:]) for n in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])
