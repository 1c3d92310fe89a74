"""Starts are brought to their image, whatever the supplier, the node or the database does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from app.images.fake import DIGEST, FakeImages
from app.images.port import ImagePorts, RootStatus, State, Supply, Wanted
from app.images.waiting import Waiting
from app.runtime.port import Refused, Unreachable
from kit.tasks import Tasks
from tests.waiting import until
from wire.ids import InstanceId
from wire.phases import Condition

ONE = InstanceId("amber-otter-4k2hw9xz1q", 1)
WORKING = RootStatus(state=State.WORKING, progress="fetching the image: 1 of 9 MB")


class Rows:
    """A truth in memory."""

    def __init__(self, *wanted: Wanted) -> None:
        self.rows = {one.instance: one for one in wanted}
        self.heard: list[tuple[str, str]] = []
        self.broken = 0

    async def wanted(self) -> list[Wanted]:
        if self.broken:
            self.broken -= 1
            raise OSError("the database is away")
        return list(self.rows.values())

    async def told(self, instance: InstanceId, progress: str) -> None:
        if ("told", progress) not in self.heard:
            self.heard.append(("told", progress))

    async def supplied(self, instance: InstanceId, supply: Supply) -> None:
        self.heard.append(("supplied", supply.source + supply.lacks))
        self.rows[instance] = wanted(source=supply.source, digest=supply.digest)

    async def ready(self, instance: InstanceId) -> None:
        self.heard.append(("ready", str(instance)))
        del self.rows[instance]

    async def failed(self, instance: InstanceId, condition: Condition, told: str) -> None:
        self.heard.append((condition.value, told))
        del self.rows[instance]


def wanted(**fields: str) -> Wanted:
    return Wanted(instance=ONE, wish={"name": "alpine"}, name="alpine", **fields)


@asynccontextmanager
async def waiting(rows: Rows, images: ImagePorts) -> AsyncIterator[Waiting]:
    tasks = Tasks()
    loop = Waiting(rows, images, every=0.01)
    tasks.spawn(loop.run(), "waiting")
    yield loop
    await tasks.close()


async def test_an_image_is_supplied_and_then_fetched() -> None:
    rows, fake = Rows(wanted()), FakeImages()
    fake.supplies.append(Supply(state=State.WORKING, progress="step 1 of 9"))
    fake.fetches.append(WORKING)
    async with waiting(rows, fake.ports):
        await until(lambda: not rows.rows)
    assert rows.heard == [
        ("told", "step 1 of 9"),
        ("supplied", "docker.io/library/fake"),
        ("told", WORKING.progress),
        ("ready", str(ONE)),
    ]


async def test_passwords_are_shown_before_anybody_is_asked_and_forgotten_afterwards() -> None:
    rows, fake = Rows(wanted()), FakeImages()

    class Shown:
        async def open(self, wanted: Wanted) -> None:
            fake.calls.append(("open", wanted.name))

        async def keep_only(self, instances: set[InstanceId]) -> None:
            fake.calls.append(("keep", ",".join(map(str, instances))))

    fake.fetches.append(WORKING)
    async with waiting(rows, replace(fake.ports, passwords=Shown())):
        await until(lambda: ("keep", "") in fake.calls)
    calls = [one for one in fake.calls if one[0] != "keep"]
    assert calls[:2] == [("open", "alpine"), ("supply", "alpine")]
    assert calls.count(("open", "alpine")) == 1
    assert fake.calls[0] == ("keep", str(ONE))


async def test_passwords_that_cannot_be_removed_stop_nobody() -> None:
    rows, fake = Rows(wanted()), FakeImages()

    class Stuck:
        async def open(self, wanted: Wanted) -> None:
            return

        async def keep_only(self, instances: set[InstanceId]) -> None:
            raise PermissionError(str(instances))

    async with waiting(rows, replace(fake.ports, passwords=Stuck())):
        await until(lambda: not rows.rows)


async def test_what_is_known_already_asks_no_supplier() -> None:
    rows, fake = Rows(wanted(source="s", digest=DIGEST)), FakeImages()
    async with waiting(rows, fake.ports):
        await until(lambda: not rows.rows)
    assert fake.calls == [("fetch", DIGEST)]


async def test_a_failure_of_either_ends_the_wait() -> None:
    for script in ("supplies", "fetches"):
        rows, fake = Rows(wanted()), FakeImages()
        kind = Supply if script == "supplies" else RootStatus
        failed = kind(state=State.FAILED, condition=Condition.IMAGE_DENIED, told="No.")
        getattr(fake, script).append(failed)
        async with waiting(rows, fake.ports):
            await until(lambda rows=rows: not rows.rows)
        assert rows.heard[-1] == ("image_denied", "No.")


async def test_a_wish_that_nobody_supplies_fails() -> None:
    rows = Rows(wanted())
    async with waiting(rows, ImagePorts(FakeImages())):
        await until(lambda: not rows.rows)
    assert rows.heard[0][0] == "image_unknown"


async def test_a_node_that_is_away_is_waited_for_and_one_that_refuses_is_not() -> None:
    rows, fake = Rows(wanted(source="s", digest=DIGEST)), FakeImages()
    fake.failing = Unreachable("away")
    async with waiting(rows, fake.ports):
        await until(lambda: len(fake.calls) > 2)
        assert rows.heard == []
        fake.failing = Refused("no such call")
        await until(lambda: not rows.rows)
    assert rows.heard == [("image_refused", "no such call")]


async def test_a_database_that_is_away_does_not_end_the_loop() -> None:
    rows, fake = Rows(wanted()), FakeImages()
    rows.broken = 2
    async with waiting(rows, fake.ports):
        await until(lambda: not rows.rows)


async def test_who_no_longer_waits_is_let_go() -> None:
    rows, fake, asked = Rows(wanted()), FakeImages(), asyncio.Event()
    ended = asyncio.Event()

    class Endless:
        async def supply(self, _wanted: Wanted) -> Supply:
            asked.set()
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                ended.set()
            raise AssertionError

    async with waiting(rows, ImagePorts(fake, {"name": Endless()})) as loop:
        await asked.wait()
        rows.rows.clear()
        loop.wake()
        await asyncio.wait_for(ended.wait(), 60)
    assert rows.heard == []


async def test_it_wakes_when_somebody_comes() -> None:
    rows, fake = Rows(), FakeImages()
    async with waiting(rows, fake.ports) as loop:
        rows.rows[ONE] = wanted()
        loop.wake()
        await until(lambda: not rows.rows)
