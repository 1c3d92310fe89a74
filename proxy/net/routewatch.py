"""Follows a file of routes: reads it again when it has changed, or when it is told to."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from proxy.core.routefile import RouteFile, RouteFileError, read_route_file
from proxy.core.table import Table
from wire.routes import FeedMessage, Hello, split

_log = structlog.get_logger(__name__)

LOOK = 1.0
"""Seconds between two looks at the file."""


class RouteWatch:
    """Keeps a table as the file says; a file that cannot be read or used changes nothing.

    `again`, set, has it read now, changed or not. While the file is there the table counts
    as heard of: it is the truth itself.
    """

    def __init__(self, file: Path, port: int, again: asyncio.Event) -> None:
        self._file = file
        self._port = port
        self._again = again
        self._seen: object = None

    def read(self) -> RouteFile:
        """Return what the file says now; raises RouteFileError and OSError."""
        self._seen = self._mark()
        return read_route_file(self._file.read_bytes(), self._port)

    def _mark(self) -> object:
        found = self._file.stat()
        return found.st_mtime_ns, found.st_size, found.st_ino

    async def run(self, table: Table, receive: Callable[[FeedMessage], bool]) -> None:
        """Follow for ever; `receive` takes the table as messages of a feed."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._again.wait()
            try:
                if self._again.is_set() or self._mark() != self._seen:
                    self._again.clear()
                    await tell(await asyncio.to_thread(self.read), receive)
                    _log.info("routes_read", file=str(self._file), routes=len(table.routes))
            except (RouteFileError, OSError) as error:
                _log.error("routes_not_read", file=str(self._file), cause=str(error))
                continue
            table.heard = time.monotonic()


async def tell(said: RouteFile, receive: Callable[[FeedMessage], bool]) -> None:
    """Tell keys and table in pieces, between which requests have their turn."""
    receive(Hello(epoch=said.snapshot.epoch, keys=said.keys))
    for piece in split(said.snapshot):
        receive(piece)
        await asyncio.sleep(0)
