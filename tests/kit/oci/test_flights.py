import asyncio

import pytest

from kit.oci.flights import Flights
from tests.waiting import until


class Work:
    def __init__(self) -> None:
        self.begun = self.ended = self.cancelled = 0
        self.go = asyncio.Event()
        self.fails = False

    async def __call__(self) -> int:
        self.begun += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.fails:
            raise ValueError("no")
        self.ended += 1
        return self.begun


async def begun(work: Work, flights: Flights[str, int], many: int) -> list["asyncio.Task[int]"]:
    loop = asyncio.get_running_loop()
    waiting = [loop.create_task(flights.do("key", work)) for _ in range(many)]
    await until(lambda: work.begun)
    return waiting


async def test_a_thousand_wait_for_one() -> None:
    flights, work = Flights[str, int]("test"), Work()
    waiting = await begun(work, flights, 1000)
    assert "key" in flights
    work.go.set()
    assert await asyncio.gather(*waiting) == [1] * 1000
    assert "key" not in flights
    assert await flights.do("key", work) == 2


async def test_a_failure_is_told_to_all_and_not_remembered() -> None:
    flights, work = Flights[str, int]("test"), Work()
    waiting = await begun(work, flights, 3)
    work.fails = True
    work.go.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in found] == [ValueError] * 3
    work.fails = False
    assert await flights.do("key", work) == 2


async def test_it_goes_on_while_one_waits_and_is_given_up_with_the_last() -> None:
    flights, work = Flights[str, int]("test"), Work()
    first, second = await begun(work, flights, 2)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert not work.cancelled
    second.cancel()
    later = asyncio.get_running_loop().create_task(flights.do("key", work))
    await until(lambda: work.cancelled == 1)
    work.go.set()
    assert await later == 2


async def test_closing_gives_everything_up() -> None:
    flights, work = Flights[str, int]("test"), Work()
    (waiting,) = await begun(work, flights, 1)
    await flights.close()
    assert work.cancelled == 1
    with pytest.raises(asyncio.CancelledError):
        await waiting
