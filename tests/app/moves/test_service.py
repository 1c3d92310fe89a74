"""What people do about nodes: a lost one's workspace starts elsewhere, and nothing is lost."""

import pytest

from app.content.deciding import Reason, State
from app.db.workspaces import LOCAL
from app.faults import Conflict, Missing
from app.runtime.port import ContainerState
from tests.app.moves.conftest import FILE, World
from wire.phases import Phase


async def lost(world: World) -> str:
    """A workspace of node b with a point, something newer than that, and b away."""
    workspace = await world.started("b")
    world.files("b", workspace)[FILE] = b"one"
    await world.stopped(workspace)
    await world.parts["workspaces"].start(world.me, workspace)
    await world.contained(workspace, 2)
    await world.grants()
    world.files("b", workspace)[FILE] = b"written after the point"
    world.nodes["b"].runtime.cut()
    return workspace


async def test_a_node_that_may_still_run_it_is_waited_for(world: World) -> None:
    workspace = await lost(world)
    offer = await world.moves.elsewhere(world.me, workspace)
    assert (offer.node, offer.answers) == ("b", False)
    assert offer.point
    assert offer.made is not None
    assert 590 < (offer.wait or 0) < 620
    assert offer.problem is not None
    assert offer.problem.code == "node_may_run"
    with pytest.raises(Conflict, match="may still run"):
        await world.moves.start(world.me, workspace)


async def test_what_a_lost_node_had_starts_elsewhere_from_its_last_point(world: World) -> None:
    workspace = await lost(world)
    world.later(620)
    left = world.nodes["b"].runtime.containers.values()
    assert [one.state for one in left] == [ContainerState.EXITED], "it has stopped by itself"
    await world.moves.start(world.me, workspace)
    view = await world.contained(workspace, 4)
    assert (await world.row(workspace)).node == LOCAL
    assert world.files(LOCAL, workspace)[FILE] == b"one"
    assert view.instance is not None
    assert [one.text for one in await world.parts["workspaces"].events(world.me, workspace)][-1]


async def test_a_node_that_comes_back_late_offers_what_it_has(world: World) -> None:
    workspace = await lost(world)
    world.later(620)
    await world.moves.start(world.me, workspace)
    await world.contained(workspace, 4)
    world.files(LOCAL, workspace)[FILE] = b"two"
    world.nodes["b"].runtime.mend()
    await world.grants()

    async def freed() -> bool:
        return workspace not in world.nodes["b"].runtime.contents

    await world.comes(freed)
    points = (await world.parts["points"].list(world.me, workspace)).points
    left = [one for one in points if one.reason is Reason.LEFT]
    assert [(one.state, one.pinned, one.node) for one in left] == [(State.DONE, True, "b")]
    store = world.nodes[LOCAL].points.points[workspace]
    assert store[left[0].id][FILE] == b"written after the point"
    assert world.files(LOCAL, workspace)[FILE] == b"two", "nothing was overwritten"
    calls = [name for name, about in world.nodes["b"].runtime.calls if about == f"{workspace}.4"]
    assert "prepare" not in calls
    assert "apply" not in calls


async def test_a_node_that_answers_keeps_what_it_has(world: World) -> None:
    workspace = await world.started("b")
    await world.stopped(workspace)
    world.later(3600)
    with pytest.raises(Conflict, match="answers") as refused:
        await world.moves.start(world.me, workspace)
    assert refused.value.code == "node_here"
    assert (await world.row(workspace)).node == "b"


async def test_without_a_shared_store_it_waits_for_its_node(world: World) -> None:
    workspace = await lost(world)
    world.nodes[LOCAL].points.points = {}
    world.later(620)
    with pytest.raises(Conflict, match="does not find") as refused:
        await world.moves.start(world.me, workspace)
    assert refused.value.code == "store_not_shared"
    assert (await world.row(workspace)).node == "b"


async def test_without_a_point_there_is_nothing_to_go_on_from(world: World) -> None:
    workspace = await world.started("b")
    world.nodes["b"].runtime.cut()
    world.later(620)
    offer = await world.moves.elsewhere(world.me, workspace)
    assert offer.problem is not None
    assert offer.problem.code == "no_point"


async def test_without_a_node_that_takes_it_it_waits(world: World) -> None:
    workspace = await lost(world)
    world.nodes[LOCAL].lease.free = 0
    await world.grants()
    world.later(620)
    with pytest.raises(Conflict, match="No other node") as refused:
        await world.moves.start(world.me, workspace)
    assert refused.value.code == "no_node"
    assert refused.value.detail == "No other node takes it: local has no room."


async def test_what_moves_already_is_not_moved_again(world: World) -> None:
    workspace = await lost(world)
    world.later(620)
    await world.parts["workspaces"].delete(world.me, workspace)
    with pytest.raises(Conflict) as refused:
        await world.moves.start(world.me, workspace)
    assert refused.value.code == "moving"


async def test_nodes_are_listed_with_what_is_there(world: World) -> None:
    workspace = await world.started("b")
    here, there = (await world.moves.list()).nodes
    assert (here.name, here.workspaces, here.running) == (LOCAL, 0, 0)
    assert (there.name, there.workspaces, there.running) == ("b", 1, 1)
    assert there.answers
    assert there.free == 100 << 30
    await world.stopped(workspace)
    assert (await world.moves.list()).nodes[1].running == 0


async def test_who_is_unknown_cannot_be_drained(world: World) -> None:
    with pytest.raises(Missing):
        await world.moves.drain("c", draining=True)


async def test_strangers_are_offered_nothing(world: World) -> None:
    workspace = await world.started()
    stranger = type(world.me)(world.me.kind, world.me.listener, user="eve")
    with pytest.raises(Missing):
        await world.moves.elsewhere(stranger, workspace)
    with pytest.raises(Missing):
        await world.moves.start(stranger, workspace)
    assert (await world.see(workspace)).phase is Phase.CREATING
