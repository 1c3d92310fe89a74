"""Which connection speaks for an instance: always the newest."""

import asyncio


class Links:
    """One event per connected instance; it is set when a newer connection took over."""

    def __init__(self) -> None:
        self._current: dict[str, asyncio.Event] = {}

    def take(self, instance: str) -> asyncio.Event:
        """Make a new connection the one that counts; returns the event of its end."""
        previous = self._current.get(instance)
        if previous is not None:
            previous.set()
        superseded = asyncio.Event()
        self._current[instance] = superseded
        return superseded

    def drop(self, instance: str, superseded: asyncio.Event) -> None:
        """Forget a connection that has ended, unless a newer one is there."""
        if self._current.get(instance) is superseded:
            del self._current[instance]

    def connected(self, instance: str) -> bool:
        """Tell whether a supervisor is connected here."""
        return instance in self._current
