"""Pods as they change: a list, then watches that go on from where the last one ended.

Whatever a watch may do is met here: it ends, repeats itself, begins again, or what it should go
on from is forgotten (410); then everything is listed anew and the difference told as changes.
"""

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass

from app.runtime.podapi import Event, Expired, Object, PodApi


@dataclass(frozen=True, slots=True)
class Move:
    """A pod that came, changed or went."""

    pod: Object
    gone: bool = False


class PodWatch:
    """The pods of a selector since a list of them."""

    def __init__(self, api: PodApi, selector: str, pods: Iterable[Object], version: str) -> None:
        self._api = api
        self._selector = selector
        self._known = {_name(one): one for one in pods}
        self._version = version

    async def moves(self) -> AsyncGenerator[Move, None]:
        """Yield what changes, for ever; raises ApiDown and ApiRefused."""
        while True:
            try:
                watch = self._api.watch("pods", self._selector, self._version)
                async with aclosing(watch) as events:
                    async for event in events:
                        move = self._take(event)
                        if move is not None:
                            yield move
            except Expired:
                for move in await self._anew():
                    yield move

    def _take(self, event: Event) -> Move | None:
        self._version = event.version
        if event.kind == "BOOKMARK":
            return None
        name, known = _name(event.object), self._known.get(_name(event.object))
        if event.kind == "DELETED":
            if known is None or _uid(known) != _uid(event.object):
                return None  # another one of its name is there already, or it was told before
            del self._known[name]
            return Move(event.object, gone=True)
        if known == event.object:
            return None
        self._known[name] = event.object
        return Move(event.object)

    async def _anew(self) -> list[Move]:
        pods, self._version = await self._api.list("pods", self._selector)
        found = {_name(one): one for one in pods}
        before, self._known = self._known, found
        gone = [one for name, one in before.items() if _uid(found.get(name)) != _uid(one)]
        changed = [one for name, one in found.items() if before.get(name) != one]
        return [Move(one, gone=True) for one in gone] + [Move(one) for one in changed]


def _name(pod: Object) -> str:
    return str(pod["metadata"]["name"])


def _uid(pod: Object | None) -> str:
    return "" if pod is None else str(pod["metadata"]["uid"])
