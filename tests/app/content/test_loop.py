"""Every part looks, whatever the others do."""

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
