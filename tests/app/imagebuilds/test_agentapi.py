import pytest

from app.accounts.access import Kind, Listener, Principal
from app.faults import Denied
from app.imagebuilds import agentapi
from tests.app.imagebuilds.test_working import running
from tests.app.imagebuilds.yard import DIGEST, Yard
from wire.imagebuild import BuildPlan, BuildResult, LogKept, LogPiece


def builder(build: str) -> Principal:
    return Principal(Kind.INSTANCE, Listener.AGENT, instance=f"{build}.1")


async def test_a_builder_asks_and_tells(yard: Yard):
    build = await running(yard)
    who = builder(build)
    plan = (await agentapi.build_plan.fn(who, yard.working)).content
    assert isinstance(plan, BuildPlan)
    piece = LogPiece(offset=0, data=b"STEP 1")
    kept = (await agentapi.build_log.fn(who, yard.working, piece)).content
    assert kept == LogKept(length=6)
    yard.images["a" * 64] = DIGEST
    await agentapi.build_result.fn(who, yard.working, BuildResult(digest=DIGEST))
    with pytest.raises(Denied):
        await agentapi.build_plan.fn(who, yard.working)


async def test_nobody_else_does(yard: Yard):
    nobody = Principal(Kind.NOBODY, Listener.AGENT)
    with pytest.raises(Denied):
        await agentapi.build_plan.fn(nobody, yard.working)
