"""Counting in a Redis what several processes see: so many in a window, or nobody knows.

Who does not answer soon, or fails, is not asked again for a while: a caller is never held up for
longer than `PATIENCE`, and has to do without.
"""

import asyncio

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from kit.breaker import Breaker
from kit.clock import Clock

_log = structlog.get_logger(__name__)

PATIENCE = 0.5
"""Seconds for an answer, and to connect."""
FAILURES, PAUSE = 2, 5.0
"""Failures in a row after which it is left alone, and for how many seconds."""
_AWAY = (RedisError, OSError, TimeoutError)


class RedisCount:
    """Counts under names that begin with a prefix; connects at the first question."""

    def __init__(self, url: str, prefix: str, clock: Clock) -> None:
        self._client = Redis.from_url(
            url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=None
        )
        self._prefix = prefix
        self._clock = clock
        self._breaker = Breaker(FAILURES, PAUSE)

    async def count(self, name: str, seconds: int) -> int | None:
        """Count one more; returns how many there are since the first of this window.

        The window begins with the first and lasts for the seconds. None: it is not known.
        """
        if not self._breaker.may_try(self._clock.monotonic()):
            return None
        known = False
        try:
            async with asyncio.timeout(PATIENCE), self._client.pipeline() as both:
                key = self._prefix + name
                both.incr(key)
                both.expire(key, seconds, nx=True)
                found = int((await both.execute())[0])
                known = True
                return found
        except _AWAY:
            return None
        finally:  # of a trial the end must be told, also when whoever asked has gone
            now = self._clock.monotonic()
            if known:
                self._breaker.succeeded(now)
            elif self._breaker.failed(now):
                _log.warning("redis_not_counting")

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()
