"""Each code of a build's end, by what really causes it."""

from app.imagebuilds.states import LIMIT, BuildEvent, BuildState
from tests.app.imagebuilds.yard import DIGEST, URL, Yard
from wire.ids import InstanceId
from wire.imagebuild import BuildResult


async def test_every_end_of_a_build_has_its_code(yard: Yard):
    async def cancelled(build: str) -> None:
        await yard.builds.happen(build, BuildEvent.CANCELLED)

    async def died(build: str) -> None:
        yard.node.kill(InstanceId(build, 1), 1)

    async def hungry(build: str) -> None:
        yard.node.kill(InstanceId(build, 1), 137, oom=True)

    async def late(_build: str) -> None:
        yard.clock.advance(LIMIT + 1)

    async def without_image(build: str) -> None:
        await yard.working.ended(build, BuildResult(digest=DIGEST))

    causes = {
        "build_cancelled": cancelled,
        "build_died": died,
        "build_out_of_memory": hungry,
        "build_late": late,
        "build_without_image": without_image,
    }
    async with yard.reconciling():
        for code, cause in causes.items():
            made = await yard.builds.begin(await yard.order())
            await yard.builder(made.id)
            await cause(made.id)
            state = BuildState.CANCELLED if cause is cancelled else BuildState.FAILED
            ended = await yard.at(made.id, state)
            assert ended.problem is not None
            assert ended.problem.code == code
            yard.clock.advance(1)
        order = await yard.order()
        yard.node.repositories.files[URL]["x"] = "another"
        made = await yard.builds.begin(order)
        ended = await yard.at(made.id, BuildState.FAILED)
        assert ended.problem is not None
        assert ended.problem.code == "build_sources_changed"
