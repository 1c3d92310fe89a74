"""What every adapter of Holdings promises, fake and real alike."""

from secrets import token_bytes

import pytest

from app.runtime.holdings import Held, Kind
from tests.contract.nodes import World
from tests.contract.test_runtime import prepared
from wire.ids import InstanceId, workspace_id_from

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def held(world: World, name: str, *measured: str) -> list[Held]:
    return [one for one in await world.holdings.held(measured) if one.name == name]


async def test_a_tree_is_told_with_its_number_until_it_is_gone(world: World) -> None:
    instance = InstanceId(workspace_id_from(token_bytes(16)), 3)
    assert await held(world, instance.workspace) == []
    await prepared(world, instance)
    await world.content.seal(instance)
    (one,) = await held(world, instance.workspace)
    assert (one.kind, one.highest, one.size) == (Kind.TREE, 3, 0)
    (counted,) = await held(world, instance.workspace, instance.workspace)
    assert counted.size > 0
    await world.content.discard(instance.workspace, one.highest)
    assert await held(world, instance.workspace) == []
