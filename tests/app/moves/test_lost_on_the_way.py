"""A node is lost while files were on their way to it: the workspace goes on from its points."""

import pytest

from app.content.deciding import pause
from app.db.workspaces import LOCAL, WorkspaceRow
from app.workspaces.archiving import archive
from tests.app.moves.conftest import FILE, World
from tests.app.moves.test_left import FULL


async def moving(world: World, *, fails: bool) -> str:
    """A workspace that is on its way from here to b."""
    workspace = await world.started()
    world.files(LOCAL, workspace)[FILE] = b"one"
    await world.stopped(workspace)
    world.nodes[LOCAL].runtime.script.hold("backup")  # of what is left here
    script = world.nodes["b"].runtime.script
    if fails:
        script.fail("restore", FULL)
    else:
        script.hold("restore")
    await world.moves.drain(LOCAL, draining=True)

    async def there() -> bool:
        row = await world.row(workspace)
        begun = ("restore", f"{workspace}.{row.n + 1}") in world.nodes["b"].runtime.calls
        return begun and (row.restore_problem is not None) is fails

    await world.comes(there)
    await world.moves.drain(LOCAL, draining=False)
    return workspace


async def away(world: World) -> None:
    """Let b be gone for good."""
    world.nodes["b"].runtime.cut()

    async def unheard() -> bool:
        return not world.every.answers("b")

    await world.comes(unheard)


async def goes_on(world: World, workspace: str) -> None:
    """Start it without b, which is lost, and look at what it has."""
    world.nodes[LOCAL].runtime.script.release("backup")
    world.later(620)

    async def offered() -> bool:
        return (await world.moves.elsewhere(world.me, workspace)).problem is None

    await world.comes(offered)
    await world.moves.start(world.me, workspace)
    await world.contained(workspace, (await world.row(workspace)).n)
    assert (await world.row(workspace)).node == LOCAL
    assert world.files(LOCAL, workspace)[FILE] == b"one"


@pytest.mark.parametrize("fails", [True, False])
async def test_a_move_to_a_node_that_is_lost_meanwhile(world: World, *, fails: bool) -> None:
    workspace = await moving(world, fails=fails)
    await away(world)
    world.clock.advance(pause(1))
    await world.parts["content_loop"].once()
    row = await world.row(workspace)
    assert (row.restoring == "") is fails, "nothing is begun on a node that does not answer"
    await goes_on(world, workspace)


async def test_an_archived_workspace_that_was_started_before_its_node_is_lost(world: World) -> None:
    workspace = await world.started("b")
    world.files("b", workspace)[FILE] = b"one"
    await world.stopped(workspace)
    async with world.parts["store"].change() as change:
        row = await change.session.get_one(WorkspaceRow, workspace)
        await archive(change, row, None, "", "alice")

    async def archived() -> bool:
        return (await world.row(workspace)).content == "none"

    await world.comes(archived)
    await away(world)
    view = await world.parts["workspaces"].start(world.me, workspace)
    assert view.backup is not None
    assert (view.backup.restoring, view.backup.node) == (True, "b"), "that is what people are told"
    await goes_on(world, workspace)
    assert (await world.row(workspace)).archived_at is None


async def test_what_is_brought_back_from_a_deletion(world: World) -> None:
    workspace = await world.started("b")
    world.files("b", workspace)[FILE] = b"one"
    await world.stopped(workspace)
    await world.parts["workspaces"].delete(world.me, workspace)

    async def gone() -> bool:
        row = await world.row(workspace)
        return row.deleted_at is not None and row.content == "none"

    await world.comes(gone)
    await away(world)
    await world.parts["deleted"].bring_back(world.me, workspace)
    await goes_on(world, workspace)


async def test_a_restore_in_place_is_given_up_with_its_node(world: World) -> None:
    workspace = await world.started("b")
    world.files("b", workspace)[FILE] = b"one"
    await world.stopped(workspace)
    point = (await world.parts["points"].list(world.me, workspace)).points[0].id
    await away(world)
    await world.parts["points"].restore(world.me, workspace, point)
    await goes_on(world, workspace)


async def test_what_is_left_here_is_no_obstacle_once_its_own_node_is_lost(world: World) -> None:
    """It is saved, and the workspace has no other node to go to."""
    workspace = await moving(world, fails=False)
    world.nodes["b"].runtime.script.release("restore")

    async def there() -> bool:
        return (await world.row(workspace)).content == "present"

    await world.comes(there)
    await away(world)
    world.later(620)
    await world.parts["moves_loop"].once()
    problem = (await world.moves.elsewhere(world.me, workspace)).problem
    assert problem is not None
    assert problem.detail.startswith("No other node takes it: local still has what is left of it")
    await goes_on(world, workspace)
