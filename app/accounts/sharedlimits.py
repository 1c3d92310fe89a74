"""A limit on tries that all servers count together.

Each counts for itself, and over Redis with the others where there is one. Either count may refuse;
without Redis a client has so many tries at each server, and nobody is shut out.
"""

from hashlib import sha256
from typing import Protocol

from app.accounts.limits import WINDOW, Tries
from kit.clock import SystemClock
from kit.rediscount import RedisCount


class Count(Protocol):
    """Counts for all servers; `kit.rediscount.RedisCount` is one."""

    async def count(self, name: str, seconds: int) -> int | None:
        """Count one more; returns how many there are in this window, None for unknown."""
        ...


class SharedLimit:
    """Tries by client, in windows of a minute."""

    def __init__(self, name: str, most: int, shared: Count | None = None) -> None:
        self._name = name
        self._own = Tries(most=most)
        self._shared = shared

    async def allow(self, client: str, now: float) -> bool:
        """Note a try; tell whether it may go on. `now` never goes back."""
        if not self._own.allow(client, now):
            return False
        if self._shared is None:
            return True
        # what a client says of itself may be long, and is nothing to keep
        name = f"{self._name}:{sha256(client.encode()).hexdigest()[:32]}"
        count = await self._shared.count(name, int(WINDOW))
        return count is None or count <= self._own.most


def counting(url: str, name: str) -> RedisCount | None:
    """Return what counts for all servers, under the name of what they share; None without a URL."""
    return RedisCount(url, f"{name}:tries:", SystemClock()) if url else None
