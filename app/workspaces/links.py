"""Which connection speaks for an instance: always the newest."""

import asyncio
from collections import OrderedDict

from kit.pace import Pace

RATE, BURST = 20.0, 40
"""What an instance may say and ask in a second, and at once. Each takes this process about three
milliseconds, which are everybody's; a supervisor that means well says less."""
_REMEMBERED = 4096
"""Instances; the one that was silent longest is forgotten first."""


class Links:
    """One event per connected instance; it is set when a newer connection took over."""

    def __init__(self) -> None:
        self._current: dict[str, asyncio.Event] = {}
        self._told: set[str] = set()
        self._paces: OrderedDict[str, Pace] = OrderedDict()

    async def turn(self, instance: str) -> None:
        """Wait until it is the instance's turn to be heard."""
        pace = self._paces.setdefault(instance, Pace(RATE, BURST))
        self._paces.move_to_end(instance)
        if len(self._paces) > _REMEMBERED:
            self._paces.popitem(last=False)
        seconds = pace.wait(asyncio.get_running_loop().time())
        if seconds:
            await asyncio.sleep(seconds)

    def take(self, instance: str) -> asyncio.Event:
        """Make a new connection the one that counts; returns the event of its end."""
        previous = self._current.get(instance)
        if previous is not None:
            previous.set()
            self._told.discard(instance)
        superseded = asyncio.Event()
        self._current[instance] = superseded
        return superseded

    def tell(self, instance: str) -> None:
        """Note that the instance's row says of its connection that it is here."""
        self._told.add(instance)

    def moved(self, instance: str) -> None:
        """Take in that its row says of the newest connection that it is at another server."""
        if instance in self._told:
            self._told.discard(instance)
            self._current.pop(instance).set()

    def drop(self, instance: str, superseded: asyncio.Event) -> bool:
        """Forget a connection that has ended; tells whether it was the one that counts."""
        if self._current.get(instance) is not superseded:
            return False
        del self._current[instance]
        self._told.discard(instance)
        return True

    def connected(self, instance: str) -> bool:
        """Tell whether a supervisor is connected here."""
        return instance in self._current
