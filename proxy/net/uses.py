"""Tells the server which workspaces are used, so that they are not stopped for idleness."""

import asyncio
from contextlib import suppress

import aiohttp

from proxy.core.record import Record
from proxy.core.use import is_use

PATH = "/internal/activity"
EVERY = 20.0
"""Seconds between two messages; the server forgets what is said more often."""
TIMEOUT = 10.0
MOST = 1000
"""Workspaces of one message."""


class Uses:
    """Gathers, and sends now and then; what a server that is away misses is not sent again."""

    def __init__(self, socket_path: str, every: float = EVERY) -> None:
        self._path = socket_path
        self._every = every
        self._used: set[str] = set()

    def note(self, record: Record) -> None:
        """Take in a request that has ended."""
        if is_use(record) and len(self._used) < MOST:
            self._used.add(record.workspace)

    async def run(self) -> None:
        """Send for ever."""
        async with aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(self._path),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT),
        ) as session:
            while True:
                await asyncio.sleep(self._every)
                used, self._used = sorted(self._used), set()
                if not used:
                    continue
                # A server that is away knows nothing of idleness either when it is back.
                with suppress(aiohttp.ClientError, TimeoutError):
                    async with session.post(f"http://server{PATH}", json={"used": used}) as answer:
                        await answer.read()
