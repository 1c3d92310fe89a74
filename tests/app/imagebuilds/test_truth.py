import pytest

from app.imagebuilds.states import LIMIT, BuildEvent, BuildState
from app.imagebuilds.truth import Both
from app.runtime.port import ContentState, Kind
from tests.app.imagebuilds.yard import DIGEST, URL, Yard
from tests.waiting import until
from wire.ids import InstanceId
from wire.imagebuild import BuildResult
from wire.problems import Problem


async def test_a_build_is_an_instance_that_ends_and_leaves_nothing(yard: Yard):
    made = await yard.builds.begin(await yard.order())
    async with yard.reconciling():
        await yard.builder(made.id)
        wanted = (await yard.truth.desired())[0]
        assert wanted.spec is not None
        assert (wanted.spec.kind, wanted.spec.base) == (Kind.IMAGE_BUILD, "fake")
        yard.images[made.key] = DIGEST
        await yard.working.ended(made.id, BuildResult(digest=DIGEST))
        done = await yard.at(made.id, BuildState.DONE)
        assert done.digest == DIGEST
        await _empty(yard)
    assert yard.node.contents == {}


async def test_the_next_begins_when_there_is_room(yard: Yard):
    first = await yard.builds.begin(await yard.order())
    yard.clock.advance(1)
    second = await yard.builds.begin(await yard.order("b" * 64))
    async with yard.reconciling():
        await yard.builder(first.id)
        waiting = await yard.builds.one(second.id)
        assert waiting is not None
        assert (waiting.state, waiting.place) == (BuildState.QUEUED, 1)
        await yard.builds.happen(first.id, BuildEvent.CANCELLED)
        await yard.builder(second.id)
        await yard.builds.happen(second.id, BuildEvent.CANCELLED)
        await _empty(yard)


@pytest.mark.parametrize(
    ("code", "oom", "told"),
    [(1, False, "build_died"), (137, True, "build_out_of_memory")],
)
async def test_a_builder_that_dies_is_a_failure(yard: Yard, code: int, *, oom: bool, told: str):
    made = await yard.builds.begin(await yard.order())
    async with yard.reconciling():
        await yard.builder(made.id)
        yard.node.kill(InstanceId(made.id, 1), code, oom=oom)
        failed = await yard.at(made.id, BuildState.FAILED)
        assert failed.problem is not None
        assert failed.problem.code == told
        await _empty(yard)


async def test_a_clone_that_fails_is_told(yard: Yard):
    yard.node.repositories.missing.add(URL)
    made = await yard.builds.begin(await yard.order())
    async with yard.reconciling():
        failed = await yard.at(made.id, BuildState.FAILED)
        assert failed.problem is not None
        assert failed.problem.code == "repository_missing"
        await _empty(yard)


async def test_other_files_than_the_key_says_are_not_built(yard: Yard):
    order = await yard.order()
    yard.node.repositories.files[URL]["x"] = "2"
    made = await yard.builds.begin(order)
    async with yard.reconciling():
        failed = await yard.at(made.id, BuildState.FAILED)
        assert failed.problem is not None
        assert failed.problem.code == "build_sources_changed"
        await _empty(yard)
    assert ("apply", f"{made.id}.1") not in yard.node.calls


async def test_a_node_that_does_not_answer_says_nothing_about_the_files(yard: Yard):
    made = await yard.builds.begin(await yard.order())
    await yard.truth.advance(reachable=True)
    (wanted,) = await yard.truth.desired()
    assert wanted.initializer is not None
    await yard.node.prepare(wanted.instance, wanted.initializer)

    def cloned() -> bool:
        return yard.node.contents[made.id].state is ContentState.READY

    await until(cloned)
    yard.node.hang()
    await yard.truth.seen([yard.node.contents[made.id]])
    await yard.truth.advance(reachable=False)
    assert not (await yard.truth.desired())[0].content_ready
    yard.node.mend()
    await yard.truth.advance(reachable=True)
    assert (await yard.truth.desired())[0].content_ready


async def test_an_hour_is_the_limit(yard: Yard):
    made = await yard.builds.begin(await yard.order())
    async with yard.reconciling():
        await yard.builder(made.id)
        yard.clock.advance(LIMIT + 1)
        failed = await yard.at(made.id, BuildState.FAILED)
        assert failed.problem is not None
        assert failed.problem.code == "build_late"
        await _empty(yard)


async def test_nothing_begins_without_artefacts(yard: Yard):
    yard.artefacts = None
    made = await yard.builds.begin(await yard.order())
    await yard.truth.advance(reachable=True)
    assert await yard.truth.desired() == []
    yard.artefacts = None
    still = await yard.builds.one(made.id)
    assert still is not None
    assert still.state is BuildState.QUEUED


async def test_two_truths_are_told_everything(yard: Yard):
    made = await yard.builds.begin(await yard.order())
    both = Both(yard.truth, yard.truth)
    await both.advance(reachable=True)
    assert len(await both.desired()) == 2
    await both.seen([])
    await both.settled(InstanceId(made.id, 1))
    await both.failed(InstanceId(made.id, 1), Problem(code="fenced", title="No"))
    failed = await yard.builds.one(made.id)
    assert failed is not None
    assert failed.state is BuildState.FAILED
    await both.discarded(InstanceId(made.id, 1), 5)
    assert await both.desired() == []


async def _empty(yard: Yard) -> None:
    async def nothing() -> bool:
        return not yard.node.containers and not await yard.truth.desired()

    await until(nothing)
