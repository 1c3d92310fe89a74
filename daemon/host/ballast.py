"""A file among the repositories that is given up when one of them is to be made smaller.

restic needs some space to free any: for its lock and for a new index. On a disk with no byte left
retention could never free what nobody needs any more.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import structlog

_log = structlog.get_logger(__name__)
SIZE: Final = 64 << 20
"""Bytes: many times what an index of a large repository takes."""
_PART: Final = 50
"""Of a small file system it takes a fiftieth at most."""
_SPARE: Final = 4
"""So many times its size is to be free, or it is not made: it is no reason for a full disk."""


class Ballast:
    """One file of zeros."""

    def __init__(self, path: Path, size: int = SIZE) -> None:
        self._path = path
        self._size = size
        self._users = 0
        """Who writes less because it is given up."""

    def keep(self) -> None:
        """Have it, where there is room enough; blocks on the disk."""
        if self._path.exists():
            return
        total, free = self._room()
        size = min(self._size, total // _PART)
        if free < _SPARE * size:
            return
        growing = self._path.with_suffix(".new")
        try:
            descriptor = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb"):
                os.posix_fallocate(descriptor, 0, max(size, 1))
            growing.rename(self._path)
        except OSError as error:
            growing.unlink(missing_ok=True)
            _log.warning("no_ballast", detail=str(error))

    @asynccontextmanager
    async def given_up(self) -> AsyncIterator[int | None]:
        """Give it up meanwhile where little is free; tells what may be written, None: anything."""
        short = await asyncio.to_thread(self._give_up)
        self._users += short is not None
        try:
            yield short
        finally:
            self._users -= short is not None
            if not self._users:
                await asyncio.to_thread(self.keep)

    def _give_up(self) -> int | None:
        total, free = self._room()
        # what is free because another gave it up is the other's
        if free >= min(self._size, total // _PART) and not self._users:
            return None
        try:
            size = self._path.stat().st_size
        except FileNotFoundError:  # there was never room for it, or another has it
            return 0
        self._path.unlink(missing_ok=True)
        _log.warning("ballast_given_up", free=free)
        return size // 2  # the other half is for lock and index

    def _room(self) -> tuple[int, int]:
        found = os.statvfs(self._path.parent)
        return found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize
