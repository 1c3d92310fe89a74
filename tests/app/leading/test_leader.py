"""Servers that stand by, lead, are paused and end, over a real database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import text

from app.db.fencing import Deposed
from app.db.sessions import Database
from app.leading.leader import Leader
from app.leading.lease import Lease
from kit.clock import SystemClock
from kit.tasks import Tasks
from tests.waiting import until


class Clock(SystemClock):
    """One that says that more time has passed than has, as after a pause of the process."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


@dataclass
class Replica:
    database: Database
    name: str
    clock: Clock = field(default_factory=Clock)
    log: list[str] = field(default_factory=list)
    begins: int = 0
    go: asyncio.Event = field(default_factory=asyncio.Event)
    ended: list[BaseException | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        lease = Lease(self.database, "leader", self.name, 60.0)
        loops = {"writer": self._write}
        self.leader = Leader(lease, self.clock, loops, {"looker": self._look}, self._begin)

    async def _begin(self) -> None:
        self.begins += 1
        async with self.database.write() as session:
            await session.execute(text("SELECT 1"))

    async def _look(self) -> None:
        self.log.append("stands by")
        await asyncio.Event().wait()

    async def _write(self) -> None:
        self.log.append("leads")
        while True:
            await self.go.wait()
            self.go.clear()
            try:
                async with self.database.write() as session:
                    await session.execute(text("SELECT 1"))
            except Deposed as error:
                self.ended.append(error)
            else:
                self.ended.append(None)

    async def write(self) -> BaseException | None:
        """Have its loop write; returns what it was refused with."""
        count = len(self.ended)
        self.go.set()
        await until(lambda: len(self.ended) > count)
        return self.ended[-1]

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Replica"]:
        tasks = Tasks()
        run = tasks.spawn(self.leader.run(), self.name)
        try:
            yield self
        finally:
            self.leader.resign()
            await run
            await tasks.close()


async def test_one_leads_and_the_other_stands_by(database: Database) -> None:
    async with Replica(database, "a").running() as one:
        await until(lambda: one.log == ["leads"])
        async with Replica(database, "b").running() as two:
            await until(lambda: two.log == ["stands by"])
            assert await one.write() is None
            assert (one.leader.number, two.leader.number) == (1, None)
            assert (one.begins, two.begins) == (1, 0)


async def test_who_ends_orderly_is_followed(database: Database) -> None:
    two = Replica(database, "b")
    async with Replica(database, "a").running() as one:
        await until(lambda: one.log == ["leads"])
        running = two.running()
        await running.__aenter__()
        await until(lambda: two.log == ["stands by"])
        one.leader.resign()
        await until(lambda: two.log == ["stands by", "leads"])
        assert two.leader.number == 2
        assert one.leader.number is None
    assert await two.write() is None
    await running.__aexit__(None, None, None)


async def test_who_was_paused_for_too_long_writes_nothing(database: Database) -> None:
    async with Replica(database, "a").running() as one, Replica(database, "b").running() as two:
        await until(lambda: one.leader.leads or two.leader.leads)
        old, new = (one, two) if one.leader.leads else (two, one)
        await until(lambda: old.log[-1:] == ["leads"])
        async with database.write() as session:
            await session.execute(text("UPDATE leases SET expires = 1 WHERE name = 'leader'"))
        new.leader.wake()
        await until(lambda: new.log[-1:] == ["leads"])
        if old.leader.leads:  # its next renewal has not come yet
            refused = await old.write()
            assert isinstance(refused, Deposed)
        await until(lambda: not old.leader.leads)
        assert await new.write() is None


async def test_who_cannot_know_whether_it_leads_reads_nothing(database: Database) -> None:
    one = Replica(database, "a")
    read: list[object] = []

    async def reader() -> None:
        one.log.append("leads")
        await one.go.wait()
        try:
            async with database.read() as session:
                read.append(await session.scalar(text("SELECT 1")))
        except Deposed as error:
            read.append(error)

    one.leader._loops = {"reader": reader}
    async with one.running():
        await until(lambda: one.log == ["leads"])
        one.clock.ahead = 61.0
        one.go.set()
        await until(lambda: read)
        assert isinstance(read[0], Deposed)
        await until(lambda: one.leader.number == 2, timeout=5)


async def test_what_cannot_begin_is_tried_again(database: Database) -> None:
    one = Replica(database, "a")

    async def fail() -> None:
        one.begins += 1
        if one.begins == 1:
            raise TimeoutError

    one.leader._begins = fail
    async with one.running():
        await until(lambda: one.log[-1:] == ["leads"])
        assert one.leader.number == 2


async def test_what_a_person_asks_for_is_written_by_whoever_is_asked(database: Database) -> None:
    async with Replica(database, "a").running() as one:
        await until(lambda: one.log == ["leads"])
        async with database.write() as session:
            assert await session.scalar(text("SELECT holder FROM leases")) == "a"
