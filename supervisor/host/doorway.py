"""What answers on the IDE's port where no editor runs: the way to the terminals.

Whoever comes to the workspace's address, from wherever, is led on. Nothing is told here, so
that it does not matter who inside asks.
"""

import asyncio
from contextlib import suppress

from supervisor.host.journal import note
from wire.agent import IDE_PORT

PLACE = "/_supervisor/terminals"
_PATIENCE = 5.0
"""Seconds for a request to arrive."""
_ANSWER = (
    f"HTTP/1.1 303 See Other\r\nLocation: {PLACE}\r\nContent-Length: 0\r\n"
    "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
).encode()


class Doorway:
    """Open or closed; both may be asked for again and again."""

    def __init__(self, port: int = IDE_PORT) -> None:
        self._port = port
        self._server: asyncio.Server | None = None

    @property
    def is_open(self) -> bool:
        """Whether it answers."""
        return self._server is not None

    async def open(self) -> None:
        """Answer from now on; raises OSError while something else has the port."""
        if self._server is None:
            self._server = await asyncio.start_server(_answer, "127.0.0.1", self._port)
            note("doorway_open", port=self._port)

    def close(self) -> None:
        """Leave the port to an editor."""
        if self._server is not None:
            self._server.close()
            self._server = None


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, TimeoutError, asyncio.LimitOverrunError, asyncio.IncompleteReadError):
        async with asyncio.timeout(_PATIENCE):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(_ANSWER)
            await writer.drain()
    writer.close()
