"""What every adapter promises of how a first tree comes to be, beside a plain clone."""

from secrets import token_bytes

import pytest
from msgspec.structs import replace

from app.runtime.port import ContentState, ContentStatus, Refused
from app.runtime.snapshots import FrozenState
from tests.contract.nodes import World
from tests.contract.test_runtime import prepared, see, tree
from tests.waiting import until
from wire.ids import InstanceId, workspace_id_from

pytestmark = pytest.mark.asyncio(loop_scope="module")


def new() -> InstanceId:
    return InstanceId(workspace_id_from(token_bytes(16)), 1)


async def begun(world: World, **more: str) -> ContentStatus:
    """Prepare a new workspace and wait for its end."""
    one = new()
    status = await world.content.prepare(one, replace(world.initializer, **more))
    if status.state is ContentState.WORKING:
        found = await see(world, tree(one, ContentState.READY, ContentState.FAILED))
        assert isinstance(found, ContentStatus)
        status = found
    return status


async def test_a_prebuild_opens_with_what_its_repository_has_now(world: World) -> None:
    one = new()
    before = await prepared(world, one)
    await world.snapshots.freeze(one, "made-before")

    async def kept() -> bool:
        there = await world.snapshots.sight()
        return ("made-before", FrozenState.DONE) in {(one.snapshot, one.state) for one in there}

    await until(kept, timeout=60)
    world.configure("ports: []\n")
    found = await begun(world, prebuild="made-before")
    assert found.state is ContentState.READY, found
    assert (found.branch, found.config) == (before.branch, "ports: []\n")


async def test_a_prebuild_that_is_not_there_keeps_nobody_from_working(world: World) -> None:
    assert (await begun(world, prebuild="nowhere")).state is ContentState.READY
    missing = await begun(world, prebuild="nowhere", url=world.missing.url)
    assert missing.problem is not None
    assert missing.problem.code == "repository_missing"


async def test_a_tree_begins_as_one_thing_alone(world: World) -> None:
    wanted = replace(world.initializer, snapshot="a", prebuild="b")
    with pytest.raises(Refused):
        await world.content.prepare(new(), wanted)
