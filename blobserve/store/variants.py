"""Compressed variants of files that came without: made once, in the background, and kept.

The first who asks gets the file as it is; a page of many files is compressed as it is used.
"""

import asyncio
import gzip
import time
from pathlib import Path

import brotli
import structlog
import zstandard

from blobserve.core.compose import Piece
from blobserve.core.encodings import SUFFIXES, taken
from blobserve.core.replies import Asked
from blobserve.core.types import is_compressible
from blobserve.store.cache import Cache
from kit.tasks import Tasks

_log = structlog.get_logger(__name__)
_LEAST = 1000
"""Bytes below which compressing saves no packet."""
_MOST = 32 << 20
_WORTH = 0.95
_BROTLI, _ZSTD, _GZIP = 5, 9, 6
"""Levels: what takes about as long as reading the file over a slow line."""


class Variants:
    """Variants by the place of the file in its layer."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self.counts = cache.counts
        self._tasks = Tasks()
        self._making: set[str] = set()
        self._one = asyncio.Semaphore(1)
        self._useless: set[str] = set()

    async def close(self) -> None:
        """End what is under way."""
        await self._tasks.close()

    def of(self, asked: Asked, piece: Piece, name: str, now: float) -> dict[str, Piece]:
        """Return the variants that are there, by suffix, of those that the asker takes."""
        if not is_compressible(name) or not _LEAST <= piece.size <= _MOST or asked.range:
            return {}
        found = {}
        for coding in taken(asked.accept_encoding):
            key = f"{piece.tag}-{piece.start:x}{SUFFIXES[coding]}"
            if self._cache.use(key, now):
                path = self._cache.path(key)
                size = path.stat().st_size
                found[SUFFIXES[coding]] = Piece(str(path), 0, size, key)
                return found
        if takes := taken(asked.accept_encoding):
            self._make(piece, takes[0], f"{piece.tag}-{piece.start:x}{SUFFIXES[takes[0]]}")
        return found

    def _make(self, piece: Piece, coding: str, key: str) -> None:
        if key in self._making or key in self._useless or len(self._making) > 1000:
            return
        self._making.add(key)
        self._tasks.spawn(self._made(piece, coding, key), "compress")

    async def _made(self, piece: Piece, coding: str, key: str) -> None:
        try:
            async with self._one:
                await asyncio.to_thread(self._write, piece, coding, key)
        except OSError as error:
            _log.warning("not_compressed", detail=str(error))
        finally:
            self._making.discard(key)

    def _write(self, piece: Piece, coding: str, key: str) -> None:
        with Path(piece.blob).open("rb") as file:
            file.seek(piece.start)
            content = file.read(piece.size)
        smaller = _compressed(content, coding)
        if len(smaller) > len(content) * _WORTH:
            self._useless.add(key)
            return
        whole = False
        try:
            with self._cache.begin(key) as out:
                out.write(smaller)
            whole = True
        finally:
            self._cache.end(key, time.time(), whole=whole)


def _compressed(content: bytes, coding: str) -> bytes:
    if coding == "br":
        packed: bytes = brotli.compress(content, quality=_BROTLI)
        return packed
    if coding == "zstd":
        return zstandard.compress(content, _ZSTD)
    return gzip.compress(content, _GZIP, mtime=0)
