"""The last routing table on disk, so that a proxy that starts alone can serve.

The file holds what the feed has said, a message a line: the table when it was written
anew, then each change. So a change costs a line however large the table is; when the
changes outweigh the table, it is written anew, in small pieces between which requests
have their turn. A line that was cut off by a crash ends what is read.
"""

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import structlog

from proxy.core.table import EVERYTHING, Table
from wire.routes import Del, EndSession, FeedMessage, Hello, Part, Put, Snapshot, split

_log = structlog.get_logger(__name__)

PAUSE = 1.0
"""Seconds between two writes, at least."""
LEAST = 262_144
"""Bytes of changes for which a small table is not written anew."""
_PIECE = 1_048_576
"""Bytes written at once."""


class Heard(msgspec.Struct, frozen=True, tag_field="op", tag="heard"):
    """When the feed last gave a sign of life, seconds since 1970."""

    at: float


_DECODER = msgspec.json.Decoder(Heard | Hello | Snapshot | Part | Put | Del | EndSession)
_ENCODER = msgspec.json.Encoder()


def load(file: Path, table: Table) -> bool:
    """Take the last table over; tell whether there was one.

    Its age goes on: ports that were public stay so for the rest of the time that they
    would have without a feed.
    """
    heard, found = float("-inf"), False
    try:
        with file.open("rb") as lines:
            for line in lines:
                message = _DECODER.decode(line)
                if isinstance(message, Heard):
                    heard = time.monotonic() - max(0.0, time.time() - message.at)
                    continue
                touched = table.apply(message, heard)
                if touched is None:
                    break
                found = found or EVERYTHING in touched
    except (OSError, ValueError):  # a line that was not finished, or none of ours
        pass
    if found:
        table.heard = heard
    return found


class Keeper:
    """Writes down what the feed says. One process a folder does; another waits for its end."""

    def __init__(self, file: Path, table: Table) -> None:
        self._file = file
        self._table = table
        self._waiting: list[FeedMessage] = []
        self._dirty = asyncio.Event()
        self._anew = True
        self._table_size = 0
        self._changes_size = 0
        self._lock: int | None = None

    def note(self, message: FeedMessage | None = None) -> None:
        """Remember to write a message that the table has taken in, or that the feed lives."""
        if isinstance(message, Put | Del | EndSession):
            if not self._anew:
                self._waiting.append(message)
        elif message is not None:
            self._anew = True
            self._waiting.clear()
        self._dirty.set()

    async def run(self) -> None:
        """Write for ever, not more often than once a second."""
        try:
            while True:
                await self._dirty.wait()
                self._dirty.clear()
                try:
                    if self._is_ours():
                        await self._write()
                except OSError as error:
                    self._anew = True
                    self._waiting.clear()
                    _log.warning("routes_not_saved", error=str(error))
                await asyncio.sleep(PAUSE)
        finally:
            if self._lock is not None:
                os.close(self._lock)

    def _is_ours(self) -> bool:
        """Tell whether no other process writes the file; who begins to write begins anew."""
        if self._lock is None:
            path = self._file.with_suffix(".lock")
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                return False
            self._lock = lock
        return True

    async def _write(self) -> None:
        if self._changes_size > max(LEAST, self._table_size):
            self._anew = True
        if self._anew:
            await self._write_table()
            return
        waiting, self._waiting = self._waiting, []
        lines = [_line(one) for one in waiting]
        lines.append(_line(self._heard()))
        with self._file.open("ab") as stream:
            self._changes_size += await asyncio.to_thread(stream.write, b"".join(lines))

    async def _write_table(self) -> None:
        """Write the whole table, whole or not at all, readable by its owner only."""
        if not self._table.epoch:
            return
        # From here on changes wait for their own lines, behind what the table is now.
        self._anew = False
        self._waiting.clear()
        fresh = self._file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        size = 0
        with os.fdopen(descriptor, "wb", buffering=0) as stream:
            async for piece in _pieces(self._table, self._heard()):
                size += await asyncio.to_thread(stream.write, piece)
        fresh.rename(self._file)
        self._file.with_suffix(".json").unlink(
            missing_ok=True
        )  # what was kept before there were lines
        self._table_size, self._changes_size = size, 0

    def _heard(self) -> Heard:
        return Heard(max(0.0, time.time() - (time.monotonic() - self._table.heard)))


async def _pieces(table: Table, heard: Heard) -> AsyncIterator[bytes]:
    """Yield the lines of the table as it is when this begins."""
    hello = Hello(epoch=table.epoch, keys=list(table.raw_keys))
    lines, size = [_line(heard), _line(hello)], 0
    for part in split(table.snapshot()):
        line = _line(part)
        lines.append(line)
        size += len(line)
        if size > _PIECE:
            yield b"".join(lines)
            lines, size = [], 0
        else:
            await asyncio.sleep(0)  # requests have their turn
    yield b"".join(lines)


def _line(message: FeedMessage | Heard) -> bytes:
    return _ENCODER.encode(message) + b"\n"
