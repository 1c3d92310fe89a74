"""What a node has left behind is kept until it is safe, and never asked to go on."""

from app.content.deciding import Reason, State
from app.moves.left import expect, still_saves
from app.runtime.fakepoints import MISSING
from app.runtime.port import ContentState, ContentStatus
from tests.app.moves.conftest import FILE, World
from tests.app.moves.test_service import lost
from tests.waiting import until
from wire.ids import InstanceId
from wire.problems import Problem

FULL = Problem(code="disk_full", title="The disk is full")


async def test_it_is_not_freed_while_the_workspace_has_its_files_nowhere_else(world: World) -> None:
    workspace = await lost(world)
    world.later(620)
    world.nodes["local"].runtime.script.hold("restore")
    await world.moves.start(world.me, workspace)
    world.nodes["b"].runtime.mend()
    await world.grants()

    async def saved() -> bool:
        return len(world.nodes["b"].points.points[workspace]) == 2

    await world.comes(saved)
    for _turn in range(3):
        await world.parts["moves_loop"].once()
    assert workspace in world.nodes["b"].runtime.contents


async def test_a_restore_that_has_failed_is_no_place_of_the_files(world: World) -> None:
    workspace = await lost(world)
    world.later(620)
    world.nodes["local"].runtime.script.fail("restore", FULL)
    await world.moves.start(world.me, workspace)

    async def failed() -> bool:
        return not (await world.row(workspace)).restoring

    await world.comes(failed)
    instance = InstanceId(workspace, (await world.row(workspace)).n)
    told = ContentStatus(instance=instance, state=ContentState.FAILED, problem=FULL)
    world.nodes["local"].runtime.put(told)
    world.nodes["b"].runtime.mend()
    await world.grants()

    async def saved() -> bool:
        return len(world.nodes["b"].points.points[workspace]) == 2

    await world.comes(saved)
    for _turn in range(3):
        await world.parts["moves_loop"].once()
    assert workspace in world.nodes["b"].runtime.contents


async def test_a_point_that_cannot_be_made_is_tried_again(world: World) -> None:
    workspace = await lost(world)
    world.later(620)
    await world.moves.start(world.me, workspace)
    await world.contained(workspace, 4)
    key = world.nodes["b"].points.keys[workspace]
    world.nodes["b"].points.keys[workspace] = b"x" * 32
    world.nodes["b"].runtime.mend()
    await world.grants()

    async def failed() -> bool:
        points = (await world.parts["points"].list(world.me, workspace)).points
        return any(one.state is State.FAILED and one.reason is Reason.LEFT for one in points)

    await world.comes(failed)
    assert world.files("b", workspace)[FILE] == b"written after the point"
    world.nodes["b"].points.keys[workspace] = key
    world.later(60)

    async def freed() -> bool:
        await world.grants()
        return workspace not in world.nodes["b"].runtime.contents

    await world.comes(freed)


async def test_who_comes_back_is_fenced_before_anything_else(world: World) -> None:
    workspace = await lost(world)
    world.later(620)
    await world.moves.start(world.me, workspace)
    await world.contained(workspace, 4)
    world.nodes["b"].runtime.mend()
    node = world.every.every["b"]
    assert world.every.before_grant is not None
    await world.every.before_grant(node)
    assert ("seal", str(InstanceId(workspace, 4))) in world.nodes["b"].runtime.calls


async def test_what_restore_points_leave_out_is_not_lost_with_the_node(world: World) -> None:
    workspace = await world.started("b")
    await world.stopped(workspace)
    async with world.parts["store"].change() as change:
        (await change.workspace(workspace)).backup_excludes = ["target"]
    await world.moves.drain("b", draining=True)

    async def freed() -> bool:
        return workspace not in world.nodes["b"].runtime.contents

    await world.comes(freed)
    assert world.nodes["b"].points.excludes[workspace] == ()


async def test_its_point_is_noted_before_the_tree_can_be_freed(world: World) -> None:
    """Else the workspace could come back, be worked in, and count as saved by the older point."""
    workspace = await lost(world)
    world.later(620)
    world.nodes["local"].runtime.script.hold("restore")
    await world.moves.start(world.me, workspace)
    points = (await world.parts["points"].list(world.me, workspace)).points
    told = [(one.state, one.node) for one in points if one.reason is Reason.LEFT]
    assert told == [(State.WANTED, "b")], "it is noted with the move that there may be something"
    world.nodes["b"].runtime.mend()
    await world.grants()

    async def noted() -> bool:
        points = (await world.parts["points"].list(world.me, workspace)).points
        return [one.state for one in points if one.reason is Reason.LEFT] == [State.DONE]

    await world.comes(noted)
    for _turn in range(3):
        await world.parts["moves_loop"].once()
    assert await noted(), "it is not asked for again"
    assert workspace in world.nodes["b"].runtime.contents
    world.nodes["local"].runtime.script.release("restore")

    async def freed() -> bool:
        return workspace not in world.nodes["b"].runtime.contents

    await world.comes(freed)


async def test_what_a_node_has_not_is_waited_for_no_longer(world: World) -> None:
    workspace = await lost(world)
    world.later(620)
    await world.moves.start(world.me, workspace)
    world.nodes["b"].runtime.contents.clear()
    world.nodes["b"].runtime.containers.clear()
    world.nodes["b"].runtime.mend()
    await world.grants()

    async def closed() -> bool:
        async with world.parts["database"].read() as session:
            return not await still_saves(session, workspace, "b")

    assert not await closed()
    await world.comes(closed)


async def test_a_start_that_failed_has_left_nothing(world: World) -> None:
    workspace = await lost(world)
    world.later(620)
    await world.moves.start(world.me, workspace)
    b, node = world.nodes["b"].runtime, world.every.every["b"]
    b.mend()
    await until(lambda: world.every.answers("b"))
    left = world.parts["moves_loop"]._parts[1]
    b.script.fail("backup", MISSING)
    row = await world.row(workspace)
    failed = ContentStatus(instance=InstanceId(workspace, 2), state=ContentState.FAILED)
    assert await left._one(node, row, failed)
    assert not await left._one(node, row, failed), "how it went is looked at, not tried again"
    assert left.absent == {("b", workspace)}
    asked = len([name for name, _about in b.calls if name == "backup"])
    world.later(3600)
    await left._one(node, row, failed)
    assert len([name for name, _about in b.calls if name == "backup"]) == asked
    there = ContentStatus(instance=InstanceId(workspace, 2), state=ContentState.SEALED)
    assert await left._one(node, row, there), "its disk was away"
    assert not left.absent


async def test_nothing_moves_to_a_node_that_may_have_something_of_it(world: World) -> None:
    workspace = await world.started("local")
    await world.stopped(workspace)
    async with world.parts["store"].change() as change:
        expect(change, workspace, "b").state = State.FAILED.value
    draining = world.parts["moves_loop"]._parts[0]
    await world.every.drain("local", draining=True)
    await draining.look()
    assert (await world.row(workspace)).node == "local"
    assert list(draining.stuck["local"]) == [workspace]
