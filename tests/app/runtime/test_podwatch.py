"""Watches that repeat, end, go back and forget."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any

from app.runtime.podapi import Event, Expired
from app.runtime.podwatch import Move, PodWatch


def pod(name: str, uid: str, version: int, **labels: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "uid": uid, "resourceVersion": str(version), **labels}}


class Scripted:
    """Answers what it was told, one watch after the other."""

    def __init__(self, *watches: list[Event | Exception]) -> None:
        self.watches, self.asked = list(watches), list[str]()
        self.pods: list[dict[str, Any]] = []

    async def list(self, kind: str, selector: str) -> tuple[list[dict[str, Any]], str]:
        return self.pods, "900"

    async def watch(self, kind: str, selector: str, version: str) -> AsyncGenerator[Event, None]:
        self.asked.append(version)
        for one in self.watches.pop(0):
            if isinstance(one, Exception):
                raise one
            yield one


class Done(Exception):
    pass


async def moves(api: Scripted, *known: dict[str, Any]) -> list[Move]:
    found: list[Move] = []
    pods = PodWatch(api, "", known, "1")  # type: ignore[arg-type] # it lists and watches only
    async with aclosing(pods.moves()) as watch:
        with suppress(Done):
            while True:
                found.append(await anext(watch))
    return found


async def test_a_watch_that_ended_goes_on_behind_what_it_told_last() -> None:
    one = pod("p", "u", 5)
    bookmark = Event("BOOKMARK", {"metadata": {"resourceVersion": "8"}})
    api = Scripted([Event("ADDED", one)], [bookmark], [Done()])
    assert await moves(api) == [Move(one)]
    assert api.asked == ["1", "5", "8"]


async def test_what_is_told_twice_moved_once() -> None:
    one = pod("p", "u", 5)
    api = Scripted([Event("ADDED", one), Event("ADDED", one), Event("MODIFIED", one)], [Done()])
    assert await moves(api) == [Move(one)]


async def test_the_end_of_an_older_one_of_its_name_is_no_end() -> None:
    old, new = pod("p", "old", 5), pod("p", "new", 6)
    api = Scripted([Event("ADDED", new), Event("DELETED", old)], [Done()])
    assert await moves(api) == [Move(new)]


async def test_what_went_goes_once() -> None:
    one = pod("p", "u", 5)
    api = Scripted([Event("DELETED", one), Event("DELETED", one)], [Done()])
    assert await moves(api, one) == [Move(one, gone=True)]


async def test_after_a_forgotten_version_the_difference_is_told() -> None:
    gone, same, changed = pod("a", "a", 1), pod("b", "b", 2), pod("c", "c", 3)
    made_again, later = pod("d", "d1", 4), pod("c", "c", 9)
    api = Scripted([Expired()], [Done()])
    api.pods = [same, later, pod("d", "d2", 8), pod("e", "e", 7)]
    assert await moves(api, gone, same, changed, made_again) == [
        Move(gone, gone=True),
        Move(made_again, gone=True),
        Move(later),
        Move(pod("d", "d2", 8)),
        Move(pod("e", "e", 7)),
    ]
    assert api.asked == ["1", "900"]
