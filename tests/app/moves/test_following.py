"""What a server knows of nodes that another one grants their time."""

import pytest

from app.db.nodes import NodeRow
from app.faults import Conflict
from app.moves.following import NodesFollowed
from tests.app.moves.conftest import World


def followed(world: World) -> NodesFollowed:
    return NodesFollowed(world.every, world.parts["database"], world.clock)


async def drain(world: World, name: str) -> None:
    async with world.parts["database"].write() as session:
        row = await session.get_one(NodeRow, name)
        row.draining = True


async def test_who_leads_hears_what_another_one_was_asked_for(world: World) -> None:
    await drain(world, "b")
    assert not world.every.every["b"].draining
    await followed(world).look(leads=True)
    assert world.every.every["b"].draining


async def test_who_stands_by_asks_for_room_and_grants_nothing(world: World) -> None:
    node, until = world.every.every["b"], world.nodes["b"].lease.until
    node.free, node.granted = None, None
    await followed(world).look(leads=False)
    assert node.free is not None
    assert node.granted == 600.0
    assert world.nodes["b"].lease.until == until


async def test_who_stands_by_does_not_say_what_only_who_leads_knows(world: World) -> None:
    world.every.leads = lambda: False
    with pytest.raises(Conflict) as refused:
        await world.moves.lose("b")
    assert refused.value.code == "not_leading"


async def test_a_term_begins_with_waiting(world: World) -> None:
    world.nodes["b"].runtime.cut()
    world.later(620)
    assert world.every.gone_in("b") == 0
    world.every.anew()
    assert (world.every.gone_in("b") or 0) > 0, "another server may have granted time meanwhile"
