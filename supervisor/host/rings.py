"""Where the older output of a terminal is kept: a file of the person's own, or none.

The file has no name: it is not in the person's way, in no backup and no snapshot, nobody can
put another in its place, and the kernel frees it when the supervisor ends, however it ends. It
belongs to the person, whose disk it takes. It is never larger than CAPACITY, and is made when
there is something to be kept.
"""

import os
from typing import Protocol

from supervisor.core.scrollback import places
from supervisor.host.processes import Account


class Ring(Protocol):
    """Keeps bytes by offset. All of it may block, and is called outside of the loop."""

    def store(self, offset: int, data: bytes) -> None:
        """Write; raises OSError, and then as good as nothing was written."""

    def load(self, offset: int, count: int) -> bytes:
        """Read what was stored; raises OSError. What was overwritten meanwhile is other bytes."""

    def fileno(self) -> int:
        """Return the descriptor to read from, -1 while nothing is stored."""

    def close(self) -> None:
        """Give the space back."""


class FileRing:
    """A nameless file in a folder."""

    def __init__(self, folder: str, account: Account) -> None:
        self._folder = folder
        self._account = account
        self._file = -1

    def store(self, offset: int, data: bytes) -> None:
        """Write to the disk."""
        if self._file < 0:
            self._file = self._make()
        at = 0
        for place, count in places(offset, len(data)):
            written = 0
            while written < count:
                piece = data[at + written : at + count]
                written += os.pwrite(self._file, piece, place + written)
            at += count

    def load(self, offset: int, count: int) -> bytes:
        """Read from the disk."""
        found = b""
        for place, part in places(offset, count):
            piece = os.pread(self._file, part, place)
            found += piece
            if len(piece) < part:  # somebody cut the file: what follows has no place
                break
        return found

    def fileno(self) -> int:
        """Return the file's descriptor."""
        return self._file

    def close(self) -> None:
        """Close, which frees it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _make(self) -> int:
        self._make_folder()
        try:
            made = os.open(self._folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError:  # a file system that knows no such files
            made = self._unlinked()
        if os.geteuid() == 0:
            os.fchown(made, self._account.uid, self._account.gid)
        return made

    def _make_folder(self) -> None:
        if os.path.isdir(self._folder):  # noqa: PTH112 - lean start, no pathlib
            return
        os.mkdir(self._folder, 0o700)  # noqa: PTH102 - lean start, no pathlib
        if os.geteuid() == 0:
            os.chown(self._folder, self._account.uid, self._account.gid)

    def _unlinked(self) -> int:
        path = f"{self._folder}/.scrollback-{os.urandom(8).hex()}"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        made = os.open(path, flags, 0o600)
        os.unlink(path)  # noqa: PTH108 - lean start, no pathlib
        return made


class FullRing:
    """A disk without space, for tests: it takes `room` bytes in all and then refuses."""

    def __init__(self, ring: Ring, room: int = 0) -> None:
        self.room = room
        self._ring = ring

    def store(self, offset: int, data: bytes) -> None:
        """Write while there is room."""
        if len(data) > self.room:
            raise OSError(28, "No space left on device")
        self.room -= len(data)
        self._ring.store(offset, data)

    def load(self, offset: int, count: int) -> bytes:
        """Read as the disk does."""
        return self._ring.load(offset, count)

    def fileno(self) -> int:
        """Return that of the disk."""
        return self._ring.fileno()

    def close(self) -> None:
        """Close the disk."""
        self._ring.close()
