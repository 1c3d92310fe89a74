"""The agent link: dials out to the server, for ever; what arrives is the whole wish."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus, WebSocketException

from supervisor.host.journal import note
from supervisor.host.outward import Outward
from wire.agent import AGENT_PATH, PROTOCOL, PROTOCOL_HEADER, Desired, Observed

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 2.0
REFUSED_PAUSE = 10.0
"""Seconds before a new try: at first, at most, and after the server refused the token."""
FLUSH = 1.0
"""Seconds that the last document gets at the end."""
MAX_MESSAGE = 4 * 2**20


class Link:
    """Keeps one connection to the server; `send` may be called at any time."""

    def __init__(self, server: Outward, token: str, receive: Callable[[Desired], None]) -> None:
        self._server = server
        self._token = token
        self._receive = receive
        self._observed: Observed | None = None
        self._news = asyncio.Event()
        self._sent = asyncio.Event()
        self._sent.set()
        self.connected = asyncio.Event()

    def send(self, observed: Observed) -> None:
        """Tell the server what is; only the newest document matters."""
        self._observed = observed
        self._sent.clear()
        self._news.set()

    async def flush(self, seconds: float = FLUSH) -> None:
        """Wait until the newest document is on its way, for so long at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._sent.wait()

    async def run(self) -> None:
        """Connect, and connect again, until cancelled."""
        pause = FIRST_PAUSE
        while True:
            try:
                async with self._server.websocket(
                    AGENT_PATH,
                    additional_headers={
                        "Authorization": f"Bearer {self._token}",
                        PROTOCOL_HEADER: str(PROTOCOL),
                    },
                    ping_interval=20,
                    ping_timeout=20,
                    max_size=MAX_MESSAGE,
                ) as connection:
                    pause = FIRST_PAUSE
                    self.connected.set()
                    await self._talk(connection)
            except InvalidStatus as error:
                status = error.response.status_code
                note("link_refused", status=status)
                pause = REFUSED_PAUSE if status in {401, 403} else pause
            except (OSError, WebSocketException, TimeoutError) as error:
                note("link_lost", error=type(error).__name__)
            self.connected.clear()
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _talk(self, connection: ClientConnection) -> None:
        # no TaskGroup: a lost connection must come out as itself, not inside a group
        loop = asyncio.get_running_loop()
        sending = loop.create_task(self._send_news(connection), name="link-send")
        try:
            async for message in connection:
                try:
                    desired = msgspec.json.decode(message, type=Desired)
                except msgspec.DecodeError as error:
                    note("desired_unreadable", error=str(error))
                    continue
                self._receive(desired)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _send_news(self, connection: ClientConnection) -> None:
        self._news.set()
        while True:
            await self._news.wait()
            self._news.clear()
            if self._observed is not None:
                await connection.send(msgspec.json.encode(self._observed), text=True)
            if not self._news.is_set():
                self._sent.set()
