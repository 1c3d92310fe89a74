"""Every part looks, whatever the others do."""

import asyncio
from collections.abc import AsyncGenerator

from app.content.loop import Loop
from app.runtime.port import Unreachable
from kit.tasks import Tasks
from tests.waiting import until


class Part:
    def __init__(self, error: Exception | None = None, *, works: bool = False) -> None:
        self.error = error
        self.works = works
        self.looks = 0

    async def look(self) -> bool:
        self.looks += 1
        if self.error is not None:
            raise self.error
        return self.works


async def test_a_part_that_fails_stops_no_other() -> None:
    parts = [Part(Unreachable("gone")), Part(RuntimeError("broken")), Part(works=True)]
    assert await Loop(parts).once()
    assert [one.looks for one in parts] == [1, 1, 1]
    assert not await Loop(parts[:2]).once()


async def test_it_looks_often_while_a_node_works_and_when_it_is_woken() -> None:
    busy, idle = Part(works=True), Part()
    tasks = Tasks()
    woken = Loop([idle], soonest=0)
    tasks.spawn(Loop([busy], every=0.001, soonest=0).run(), "busy")
    tasks.spawn(woken.run(), "idle")

    async def often() -> bool:
        return busy.looks > 3

    await until(often)
    assert idle.looks == 1
    woken.wake()

    async def again() -> bool:
        return idle.looks == 2

    await until(again)
    await tasks.close()


class Slow:
    """A part that is long at it."""

    async def look(self) -> bool:
        await asyncio.Event().wait()
        return True


async def test_what_takes_long_holds_no_other_part_up() -> None:
    tasks, quick = Tasks(), Part(works=True)
    tasks.spawn(Loop([quick], aside=[Slow()], every=0.001, soonest=0).run(), "both")

    async def often() -> bool:
        return quick.looks > 3

    await until(often)
    await tasks.close()


class Moving:
    """A node that can be followed once it answers."""

    def __init__(self) -> None:
        self.moved = asyncio.Event()
        self.tries = 0

    async def watch(self) -> AsyncGenerator[None, None]:
        self.tries += 1
        if self.tries == 1:
            raise Unreachable("gone")
        while True:
            yield
            await self.moved.wait()
            self.moved.clear()


async def test_it_follows_a_node_instead_of_asking_it_often() -> None:
    tasks, busy, node = Tasks(), Part(works=True), Moving()
    tasks.spawn(Loop([busy], node, every=0.001, soonest=0, period=60).run(), "asks")
    retried = Loop([one := Part(works=True)], other := Moving(), every=60, soonest=0, period=0.01)
    tasks.spawn(retried.run(), "follows")

    async def asked() -> bool:
        return busy.looks > 3 and node.tries == 1  # it cannot be followed yet

    await until(asked)

    async def followed() -> bool:
        return other.tries == 2 and one.looks > 1

    await until(followed)
    before = one.looks
    other.moved.set()

    async def woken() -> bool:
        return one.looks > before

    await until(woken)
    await tasks.close()
