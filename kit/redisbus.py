"""A channel of Redis between processes that say things to each other: heard at once, or not at all.

Nothing is kept: what is said while the channel is away is lost, and so is what a slow listener was
too slow for. Both are told: `back` is called whenever the channel can be heard (again), and a
process that could not say something says `missed` as soon as it can. Whoever needs to know then
looks at the truth, which is elsewhere.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from kit.tasks import Tasks

_log = structlog.get_logger(__name__)

MOST = 10_000
"""Messages that wait to be said; more are lost, which is told."""
BEAT = 1.0
"""Seconds after which a process that has nothing to say says that, and hears it."""
DEAD = 4.0
"""Seconds of silence, of its own beat too, after which a channel is taken for lost."""
_CONNECT = 2.0
_AGAIN = (0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds between attempts."""
_AWAY = (RedisError, OSError, TimeoutError)
_BREAK = b"\n"


class Bus:
    """One process on one channel. Messages are single lines."""

    def __init__(
        self,
        url: str,
        channel: str,
        own: str,
        hear: Callable[[bytes], None],
        back: Callable[[], None],
        missed: bytes,
    ) -> None:
        """`own` names this process: what it says itself it does not hear.

        `missed` is said when something could not be.
        """
        self._url = url
        self._channel = channel
        self._own = own.encode()
        self._hear = hear
        self._back = back
        self._missed = missed
        self._lost = False
        self._queue: deque[bytes] = deque()
        self._said = asyncio.Event()
        self.connected = False

    def say(self, message: bytes) -> None:
        """Tell the others, without waiting; what was said last is not repeated."""
        if not self.connected or len(self._queue) >= MOST:
            self._lost = True
        elif not self._queue or self._queue[-1] != message:
            self._queue.append(message)
            self._said.set()

    async def run(self) -> None:
        """Keep the channel until cancelled."""
        failures = 0
        while True:
            try:
                await self._once()
            except _AWAY as error:
                if self.connected or not failures:  # once, not at each attempt
                    _log.warning("redis_away", error=type(error).__name__)
            failures = 0 if self.connected else failures + 1
            self._leave()
            await asyncio.sleep(_AGAIN[min(failures, len(_AGAIN) - 1)])

    def _leave(self) -> None:
        self.connected = False
        self._lost = self._lost or bool(self._queue)
        self._queue.clear()

    async def _once(self) -> None:
        """Serve one connection; raises when it is lost."""
        client = Redis.from_url(
            self._url, socket_connect_timeout=_CONNECT, socket_timeout=DEAD, retry=None
        )
        tasks = Tasks()
        try:
            async with client.pubsub() as heard:
                async with asyncio.timeout(DEAD):
                    await heard.subscribe(self._channel)
                    await self._subscribed(heard)
                self.connected = True
                _log.info("redis_heard", channel=self._channel)
                if self._lost:
                    self._lost = False
                    self.say(self._missed)
                self._back()
                ends = [
                    tasks.spawn(self._listen(heard), "redis-hear"),
                    tasks.spawn(self._speak(client), "redis-say"),
                ]
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                raise ConnectionError
        finally:
            await tasks.close()
            with suppress(*_AWAY):
                await client.aclose()

    async def _subscribed(self, heard: PubSub) -> None:
        while True:
            message = await heard.get_message(timeout=DEAD)
            if message is not None and message["type"] == "subscribe":
                return

    async def _listen(self, heard: PubSub) -> None:
        """Hear until the channel is lost."""
        loop = asyncio.get_running_loop()
        last = loop.time()
        while loop.time() - last < DEAD:
            try:
                message = await heard.get_message(timeout=BEAT)
            except _AWAY:
                return
            if message is None:
                continue
            if message["type"] == "subscribe":
                return  # the client has made another connection: what was said between is lost
            last = loop.time()
            own, *lines = message["data"].split(_BREAK)
            if own != self._own:
                for line in lines:
                    self._hear(line)

    async def _speak(self, client: Redis) -> None:
        """Say what there is to say until that cannot be done."""
        while True:
            self._said.clear()
            lines = list(self._queue)
            self._queue.clear()
            try:
                await client.publish(self._channel, _BREAK.join([self._own, *lines]))
            except _AWAY:
                self._lost = self._lost or bool(lines)
                return
            if self._queue:
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT):
                    await self._said.wait()
