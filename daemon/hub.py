"""Tells watchers what moved: for each thing only its newest state, however slow they read."""

import asyncio
from collections.abc import AsyncIterator, Callable

from daemon.core import container, content, frozen, images, points

Change = container.Status | content.Status | images.Status | points.Status | frozen.Status


class Hub:
    """Fan-out of changes to any number of watchers."""

    def __init__(self) -> None:
        self._watchers: set[_Watcher] = set()

    def publish(self, change: Change) -> None:
        """Hand a change to every watcher; an older one that was not read yet is dropped."""
        key = _key(change)
        for watcher in self._watchers:
            watcher.put(key, change)

    async def watch(self, everything: Callable[[], list[Change]]) -> AsyncIterator[list[Change]]:
        """Yield everything first, then what changed since the last step."""
        watcher = _Watcher()
        self._watchers.add(watcher)
        try:
            yield everything()
            while True:
                yield await watcher.take()
        finally:
            self._watchers.discard(watcher)


def _key(change: Change) -> str:
    match change:
        case images.Status():
            return change.image
        case container.Status():
            return str(change.instance)
        case content.Status():
            return change.instance.workspace
        case points.Status():
            return f"backup {change.workspace}"
        case frozen.Status():
            return f"snapshot {change.snapshot}"


class _Watcher:
    def __init__(self) -> None:
        self._pending: dict[str, Change] = {}
        self._some = asyncio.Event()

    def put(self, key: str, change: Change) -> None:
        self._pending[key] = change
        self._some.set()

    async def take(self) -> list[Change]:
        await self._some.wait()
        self._some.clear()
        taken, self._pending = list(self._pending.values()), {}
        return taken
