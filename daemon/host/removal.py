"""Removing what people have made: folders in folders, as deep as they like.

Whoever goes down such a tree by paths ends where a path is too long, and whoever does it by calls
that nest where these are too many; both are easily made, in a workspace or by mistake. So nothing
goes down here: a folder that is not empty is moved up, beside the others, before its turn.
"""

import errno
import os
import secrets
import stat
from pathlib import Path
from typing import Final

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_BLOCK: Final = 512
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_NOT_EMPTY: Final = frozenset({errno.ENOTEMPTY, errno.EEXIST})


def remove(top: Path) -> int:
    """Remove a folder and all that is in it, following no link; returns the bytes freed.

    One that is not there is fine. Raises OSError; what is left then is gone through next time.
    """
    try:
        folder = os.open(top, _FOLDER)
    except FileNotFoundError:
        return 0
    try:
        freed = _Emptying(folder).run()
    finally:
        os.close(folder)
    top.rmdir()
    return freed


class _Emptying:
    def __init__(self, top: int) -> None:
        self._top = top
        self._beside = f".{secrets.token_hex(16)}"
        """Folder in the top that those which are not empty are moved into."""
        self._moved: list[str] = []
        self._moves = 0
        self._seen: set[tuple[int, int]] = set()
        """Files with several names, which count once."""

    def run(self) -> int:
        freed = os.fstat(self._top).st_blocks * _BLOCK
        freed += self._make_beside()
        beside = os.open(self._beside, _FOLDER, dir_fd=self._top)
        try:
            freed += self._empty(self._top, beside)
            while self._moved:
                name = self._moved.pop()
                folder = os.open(name, _FOLDER, dir_fd=beside)
                try:
                    freed += self._empty(folder, beside)
                finally:
                    os.close(folder)
                os.rmdir(name, dir_fd=beside)
        finally:
            os.close(beside)
        os.rmdir(self._beside, dir_fd=self._top)
        return freed

    def _make_beside(self) -> int:
        """Make the folder that others are moved into; returns bytes that its room has freed."""
        freed = 0
        while True:
            try:
                os.mkdir(self._beside, 0o700, dir_fd=self._top)
            except OSError as error:
                if error.errno not in _FULL or not (room := self._make_room()):
                    raise
                freed += room
            else:
                return freed

    def _make_room(self) -> int:
        """Free some bytes of a disk that has none for a folder; 0 when nothing is left to go.

        Those are the files of the first folder that has some, or a folder that is empty.
        """
        folder: int = os.dup(self._top)
        try:
            while True:
                freed, below = 0, ""
                for name in os.listdir(folder):
                    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
                    if stat.S_ISDIR(found.st_mode):
                        below = name
                        continue
                    freed += found.st_blocks * _BLOCK if self._first(found) else 0
                    os.unlink(name, dir_fd=folder)
                if freed or not below:
                    return freed
                try:
                    os.rmdir(below, dir_fd=folder)
                except OSError as error:
                    if error.errno not in _NOT_EMPTY:
                        raise
                else:
                    return _BLOCK
                deeper = os.open(below, _FOLDER, dir_fd=folder)
                os.close(folder)
                folder = deeper
        finally:
            os.close(folder)

    def _empty(self, folder: int, beside: int) -> int:
        """Remove what is in a folder, or move it away; returns bytes."""
        freed = 0
        for name in os.listdir(folder):
            if folder == self._top and name == self._beside:
                continue
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if self._first(found):
                freed += found.st_blocks * _BLOCK
            if stat.S_ISDIR(found.st_mode):
                self._clear(name, folder, beside)
            else:
                os.unlink(name, dir_fd=folder)
        return freed

    def _clear(self, name: str, folder: int, beside: int) -> None:
        try:
            os.rmdir(name, dir_fd=folder)
        except OSError as error:
            if error.errno not in _NOT_EMPTY:
                raise
            self._moves += 1
            moved = str(self._moves)
            os.rename(name, moved, src_dir_fd=folder, dst_dir_fd=beside)
            self._moved.append(moved)

    def _first(self, found: os.stat_result) -> bool:
        """Tell whether this file was not seen under another name, which may be gone by now."""
        if stat.S_ISDIR(found.st_mode):
            return True
        key = (found.st_dev, found.st_ino)
        known = key in self._seen
        if found.st_nlink > 1:
            self._seen.add(key)
        return not known
