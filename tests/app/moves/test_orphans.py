"""Orphans of every node: told with their node, removed and adopted there."""

import pytest

from app.db.workspaces import LOCAL
from app.faults import Conflict
from app.orphans.finding import Orphans
from app.orphans.judging import Fate
from app.runtime.holdings import Kind
from app.runtime.port import ContentState, ContentStatus
from app.runtime.snapshots import FrozenState, FrozenStatus
from app.snapshots.structs import CreateSnapshot, State
from tests.app.moves.conftest import World
from wire.ids import InstanceId

OTHER = "dusty-wren-0000000000"
"""A workspace that no row knows of."""
URL = "https://h.org/ada/other"


def put(world: World, *nodes: str) -> None:
    for name in nodes:
        runtime = world.nodes[name].runtime
        status = ContentStatus(instance=InstanceId(OTHER, 1), state=ContentState.SEALED)
        runtime.put(status)
        runtime.newest[OTHER] = 1


def orphans(world: World) -> Orphans:
    found = world.parts["orphans"]
    assert isinstance(found, Orphans)
    return found


async def test_what_a_further_node_has_is_told_and_removed_there(world: World) -> None:
    put(world, "b")
    told = await orphans(world).look()
    assert [(one.node, one.name, one.fate) for one in told.orphans] == [("b", OTHER, Fate.STRANGER)]
    assert told.orphans[0].size > 0
    assert await orphans(world).remove(Kind.TREE, OTHER) > 0
    assert OTHER not in world.nodes["b"].runtime.contents


async def test_a_node_that_is_away_takes_nothing_of_its_own_from_the_list(world: World) -> None:
    put(world, "b")
    await orphans(world).look()
    world.nodes["b"].runtime.cut()
    told = await orphans(world).look()
    assert (told.answered, told.silent) == (False, ["b"])
    assert [one.node for one in told.orphans] == ["b"]


async def test_what_several_nodes_have_is_meant_by_its_node(world: World) -> None:
    put(world, LOCAL, "b")
    with pytest.raises(Conflict) as refused:
        await orphans(world).remove(Kind.TREE, OTHER)
    assert refused.value.code == "orphan_several"
    await orphans(world).remove(Kind.TREE, OTHER, "b")
    assert OTHER in world.nodes[LOCAL].runtime.contents
    assert OTHER not in world.nodes["b"].runtime.contents


async def test_what_is_adopted_is_of_the_node_that_has_it(world: World) -> None:
    put(world, "b")
    await world.parts["adopting"].adopt(OTHER, URL)
    row = await world.row(OTHER)
    assert (row.node, row.content) == ("b", "present")
    assert (await orphans(world).look()).orphans == []


async def test_a_snapshots_copy_on_another_node_is_nobodys_that_is_known(world: World) -> None:
    workspace = await world.started("b")
    made = await world.parts["snapshots"].create(world.me, workspace, CreateSnapshot())

    async def done() -> bool:
        view = await world.parts["snapshots"].get(world.me, made.id)
        return view.state is State.DONE

    await world.comes(done)
    left = FrozenStatus(snapshot=made.id, state=FrozenState.DONE)
    world.nodes[LOCAL].snapshots.frozen[made.id] = left
    told = (await orphans(world).look()).orphans
    assert [(one.node, one.name) for one in told] == [(LOCAL, made.id)]
    await orphans(world).remove(Kind.FROZEN, made.id, LOCAL)
    assert list(world.nodes["b"].snapshots.frozen) == [made.id]
