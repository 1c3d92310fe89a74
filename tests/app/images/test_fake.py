"""The fake keeps the ports' promises."""

from app.images.fake import DIGEST, FakeImages
from app.images.port import RootStatus, State, Supply, Wanted
from wire.ids import InstanceId

ONE = InstanceId("amber-otter-4k2hw9xz1q", 1)
WANTED = Wanted(instance=ONE, wish={"name": "x"}, name="x")


async def test_scripted_answers_come_first_then_everything_is_there() -> None:
    fake = FakeImages()
    failing, working = Supply(state=State.FAILED), RootStatus(state=State.WORKING)
    fake.supplies.append(failing)
    fake.fetches.append(working)
    assert await fake.supply(WANTED) is failing
    assert (await fake.supply(WANTED)).digest == DIGEST
    assert await fake.fetch(ONE, DIGEST, "s") is working
    assert (await fake.fetch(ONE, DIGEST, "s")).state is State.READY
    assert fake.calls == [("supply", "x")] * 2 + [("fetch", DIGEST)] * 2
