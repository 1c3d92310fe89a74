"""Single flight: many who want the same at once wait for one who gets it."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Flights(Generic[K, T]):
    """Work by key. It is given up when everybody who waited for it has gone."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._flying: dict[K, asyncio.Task[T]] = {}
        self._waiting: dict[asyncio.Task[T], int] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._flying

    async def do(self, key: K, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return what the work returns, or raise what it raises; begun unless it runs already."""
        flying = self._flying.get(key) or self._begin(key, work())
        self._waiting[flying] += 1
        try:
            return await asyncio.shield(flying)
        finally:
            self._leave(key, flying)

    async def close(self) -> None:
        """Give everything up, and wait until it has ended."""
        left = list(self._waiting)
        for one in left:
            one.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _begin(self, key: K, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        flying = asyncio.get_running_loop().create_task(work, name=self._name)
        self._flying[key] = flying
        self._waiting[flying] = 0
        flying.add_done_callback(lambda done: self._ended(key, done))
        return flying

    def _leave(self, key: K, flying: asyncio.Task[T]) -> None:
        if flying not in self._waiting:
            return
        self._waiting[flying] -= 1
        if not self._waiting[flying] and not flying.done():
            # whoever comes now begins anew instead of waiting for an end
            self._flying.pop(key, None)
            flying.cancel()

    def _ended(self, key: K, flying: asyncio.Task[T]) -> None:
        self._waiting.pop(flying, None)
        if self._flying.get(key) is flying:
            del self._flying[key]
        if not flying.cancelled():
            flying.exception()  # told to those who wait; nobody may be left
