from app.db.imagebuilds import ImageBuildWaitRow
from app.imagebuilds.keeping import Keeping
from app.imagebuilds.states import BuildEvent
from tests.app.imagebuilds.test_supplying import ONE, add_start
from tests.app.imagebuilds.yard import DIGEST, Yard
from wire.imagebuild import BuildResult

DAY = 86_400.0


def keeping(yard: Yard) -> Keeping:
    return Keeping(yard.builds, yard.logs, yard, DAY)


async def begun(yard: Yard, letter: str) -> str:
    made = await yard.builds.begin(await yard.order(letter * 64))
    await yard.builds.happen(made.id, BuildEvent.PLACED)
    await yard.working.said(made.id, 0, b"STEP 1")
    return made.id


async def built(yard: Yard, letter: str) -> str:
    build = await begun(yard, letter)
    yard.images[letter * 64] = DIGEST
    await yard.working.ended(build, BuildResult(digest=DIGEST))
    await yard.builds.note(build, discarded=True)
    return build


async def failed(yard: Yard, letter: str) -> str:
    build = await begun(yard, letter)
    await yard.working.ended(build, BuildResult(code="step_failed", detail="exit status 1"))
    await yard.builds.note(build, discarded=True)
    return build


async def test_what_has_ended_stays_for_its_time(yard: Yard):
    build = await failed(yard, "a")
    yard.clock.advance(DAY)
    await keeping(yard).clear()
    assert await yard.builds.one(build) is not None
    assert yard.logs.read(build, 0, 100) == b"STEP 1"
    yard.clock.advance(1)
    await keeping(yard).clear()
    assert await yard.builds.one(build) is None
    assert yard.logs.read(build, 0, 100) == b""


async def test_an_image_that_is_here_is_still_found_without_its_log(yard: Yard):
    build, older = await built(yard, "a"), await built(yard, "b")
    yard.clock.advance(1)
    newer = await built(yard, "b")
    gone = await built(yard, "c")
    del yard.images["c" * 64]
    yard.clock.advance(2 * DAY)
    await keeping(yard).clear()
    found = await yard.builds.newest("a" * 64)
    assert found is not None
    assert (found.id, found.digest, found.log_length) == (build, DIGEST, 0)
    assert yard.logs.read(build, 0, 100) == b""
    assert await yard.builds.one(newer) is not None
    assert await yard.builds.one(older) is None
    assert await yard.builds.one(gone) is None


async def test_what_runs_or_has_left_something_on_a_node_stays(yard: Yard):
    running, left = await begun(yard, "a"), await failed(yard, "b")
    await yard.builds.note(left, discarded=False)
    yard.clock.advance(2 * DAY)
    await keeping(yard).clear()
    for build in (running, left):
        assert await yard.builds.one(build) is not None
        assert yard.logs.read(build, 0, 100) == b"STEP 1"


async def test_whoever_waited_for_a_build_waits_for_none(yard: Yard):
    build = await failed(yard, "a")
    await add_start(yard, ONE, trusted=True)
    instance = str(ONE)
    async with yard.database.write() as session:
        session.add(ImageBuildWaitRow(instance_id=instance, build_id=build))
    yard.clock.advance(2 * DAY)
    await keeping(yard).clear()
    assert await yard.builds.of_start(instance) is None
    assert await yard.builds.one(build) is None
