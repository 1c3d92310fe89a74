"""The proxy's end of the route feed: follows for ever, keeps the last table on disk."""

import asyncio
import gc
import random
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import WebSocketException

from proxy.core.table import Table
from proxy.net.keeping import Keeper, load
from wire.routes import FEED_PATH, FeedMessage, Part, Snapshot

_log = structlog.get_logger(__name__)

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 2.0
"""Seconds between two tries, doubling."""
QUIET = 20.0
"""Seconds of silence before a ping, and for its answer."""
_DECODER: "msgspec.json.Decoder[FeedMessage]" = msgspec.json.Decoder(FeedMessage)


class Feed:
    """Follows `/internal/routes`; `receive` takes each message, and says false on a gap.

    `quiet` are the seconds of silence before a ping.
    """

    def __init__(
        self,
        socket_path: str,
        table: Table,
        receive: Callable[[FeedMessage], bool],
        file: Path,
        *,
        quiet: float = QUIET,
    ) -> None:
        self._socket = socket_path
        self._table = table
        self._receive = receive
        self._file = file
        self._quiet = quiet
        self._keeper = Keeper(file, table)
        self.connected = False
        """Whether the server is listened to now."""

    def load(self) -> bool:
        """Take the last table from disk; tell whether there was one."""
        return load(self._file, self._table)

    async def run(self) -> None:
        """Connect, and connect again, until cancelled."""
        pause = FIRST_PAUSE
        while True:
            heard = self._table.heard
            since = self._table.since
            try:
                async with unix_connect(
                    self._socket,
                    f"ws://server{FEED_PATH}?since={since}",
                    compression=None,
                    max_size=None,
                    ping_interval=None,
                    proxy=None,
                ) as connection:
                    _log.info("feed_connected", since=since)
                    self.connected = True
                    await self._follow(connection)
                cause = "gap"
            except (
                OSError,
                WebSocketException,
                TimeoutError,
                msgspec.DecodeError,
                ValueError,
            ) as error:
                cause = type(error).__name__
            finally:
                self.connected = False
            if self._table.heard != heard:
                pause = FIRST_PAUSE
            _log.info("feed_lost", cause=cause, pause=pause)
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 -- spreads load
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _follow(self, connection: ClientConnection) -> None:
        """Take messages in until one was missed; answered pings count as heard."""
        while True:
            try:
                async with asyncio.timeout(self._quiet):
                    text = await connection.recv(decode=False)
            except TimeoutError:
                async with asyncio.timeout(QUIET):
                    await (await connection.ping())
                self._table.heard = time.monotonic()
                self._keeper.note()
                continue
            message = _DECODER.decode(text)
            if not self._receive(message):
                self._table.forget_place()
                return
            self._keeper.note(message)
            if isinstance(message, Snapshot | Part):
                await self._take_turns()

    async def _take_turns(self) -> None:
        """Let requests have theirs while a whole table comes, and the one before goes."""
        gc.freeze()  # a collection that walks all routes takes 12 ms, and finds nothing
        more = True
        while more:
            await asyncio.sleep(0)
            more = self._table.release()

    async def keep(self) -> None:
        """Write down what is heard, for ever."""
        await self._keeper.run()
