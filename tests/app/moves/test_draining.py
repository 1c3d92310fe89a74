"""A node that is drained is emptied by itself, and nothing of it is lost on the way."""

from app.content.structs import NewFromPoint
from app.db.workspaces import LOCAL
from app.moves.draining import MOST
from app.workspaces.archiving import archive
from tests.app.moves.conftest import FILE, World
from tests.app.moves.test_left import FULL
from tests.app.moves.test_service import lost
from tests.app.workspaces.control import DEMO
from wire.phases import Phase


async def test_what_runs_on_it_stops_is_backed_up_and_runs_elsewhere(world: World) -> None:
    workspace = await world.started("b")
    world.files("b", workspace)[FILE] = b"one"
    await world.moves.drain("b", draining=True)
    view = await world.contained(workspace, 2)
    assert (await world.row(workspace)).node == LOCAL
    assert world.files(LOCAL, workspace)[FILE] == b"one"
    assert view.instance is not None

    async def empty() -> bool:
        return not world.nodes["b"].runtime.contents

    await world.comes(empty)
    points = (await world.parts["points"].list(world.me, workspace)).points
    assert all(one.node == "" for one in points), "everything was in a point: there is no other"


async def test_what_has_stopped_moves_and_stays_stopped(world: World) -> None:
    workspace = await world.started("b")
    world.files("b", workspace)[FILE] = b"one"
    await world.stopped(workspace)
    await world.moves.drain("b", draining=True)

    async def there() -> bool:
        row = await world.row(workspace)
        return row.node == LOCAL and row.restoring == ""

    await world.comes(there)
    assert world.files(LOCAL, workspace)[FILE] == b"one"
    view = await world.see(workspace)
    assert view.phase is Phase.STOPPED
    # back again, though the node has freed it meanwhile under a number of its own
    await world.moves.drain("b", draining=False)
    await world.moves.drain(LOCAL, draining=True)

    async def back() -> bool:
        row = await world.row(workspace)
        return row.node == "b" and row.restoring == ""

    await world.comes(back)
    assert world.files("b", workspace)[FILE] == b"one"


async def test_nothing_moves_without_a_node_that_takes_it(world: World) -> None:
    workspace = await world.started("b")
    await world.stopped(workspace)
    world.nodes[LOCAL].lease.free = 0
    await world.grants()
    await world.moves.drain("b", draining=True)

    async def told() -> bool:
        return bool((await world.moves.list()).nodes[1].stuck)

    await world.comes(told)
    stuck = (await world.moves.list()).nodes[1].stuck
    assert stuck == {workspace: "No other node takes it: local has no room."}
    assert (await world.row(workspace)).node == "b"


async def test_nothing_moves_to_a_node_that_does_not_find_the_point(world: World) -> None:
    workspace = await world.started("b")
    await world.stopped(workspace)
    world.nodes[LOCAL].points.points = {}
    await world.moves.drain("b", draining=True)

    async def told() -> bool:
        return "same store" in (await world.moves.list()).nodes[1].stuck.get(workspace, "")

    await world.comes(told)
    assert (await world.row(workspace)).node == "b"
    assert workspace in world.nodes["b"].runtime.contents


async def test_nothing_moves_to_a_node_that_still_has_something_of_it(world: World) -> None:
    """A restore there would replace what is in no point yet."""
    workspace = await lost(world)
    world.later(620)
    await world.moves.start(world.me, workspace)
    await world.contained(workspace, 4)
    await world.stopped(workspace)
    world.nodes["b"].points.keys[workspace] = b"x" * 32
    world.nodes["b"].runtime.mend()
    await world.grants()
    await world.moves.drain(LOCAL, draining=True)

    async def told() -> bool:
        return "still being saved" in (await world.moves.list()).nodes[0].stuck.get(workspace, "")

    await world.comes(told)
    assert (await world.row(workspace)).node == LOCAL
    assert world.files("b", workspace)[FILE] == b"written after the point"


async def test_those_that_cannot_move_do_not_hold_up_the_others(world: World) -> None:
    stuck = []
    for _ in range(MOST + 1):
        stuck.append(await world.started("b"))
        await world.stopped(stuck[-1])
    points = world.nodes["b"].points.points
    last = max(stuck)
    world.nodes[LOCAL].points.points = {last: points[last]}
    await world.moves.drain("b", draining=True)

    async def moved() -> bool:
        return (await world.row(last)).node == LOCAL

    await world.comes(moved)
    assert set((await world.moves.list()).nodes[1].stuck) == set(stuck) - {last}


async def test_a_start_without_files_goes_where_it_can(world: World) -> None:
    made = await world.parts["workspaces"].create(world.me, DEMO)
    assert (await world.row(made.id)).node == LOCAL
    await world.moves.drain(LOCAL, draining=True)
    other = await world.parts["workspaces"].create(world.me, DEMO)
    assert (await world.row(other.id)).node == "b"
    await world.contained(other.id)


async def archived(world: World, on: str = LOCAL) -> str:
    workspace = await world.started(on)
    world.files(on, workspace)[FILE] = b"one"
    await world.stopped(workspace)
    async with world.parts["store"].change() as change:
        row = await change.workspace(workspace)
        await archive(change, row, await change.newest(row), "Archived.", "alice")

    async def gone() -> bool:
        return (await world.row(workspace)).content == "none"

    await world.comes(gone)
    return workspace


async def told(world: World, node: str, workspace: str) -> str:
    """What the list of nodes says of a workspace, after everybody has looked."""
    for _turn in range(4):
        await world.parts["content_loop"].once()
        await world.parts["moves_loop"].once()
    nodes = {one.name: one for one in (await world.moves.list()).nodes}
    return nodes[node].stuck.get(workspace, "")


async def test_what_is_archived_goes_along_and_stays_archived(world: World) -> None:
    workspace = await archived(world, "b")
    await world.moves.drain("b", draining=True)
    assert not await told(world, "b", workspace)
    row = await world.row(workspace)
    assert (row.node, row.content) == (LOCAL, "none")
    assert row.archived_at is not None
    assert (await world.moves.list()).nodes[1].workspaces == 0
    await world.parts["workspaces"].start(world.me, workspace)
    await world.contained(workspace, 2)
    assert world.files(LOCAL, workspace)[FILE] == b"one"


async def test_what_is_archived_stays_where_its_points_are(world: World) -> None:
    workspace = await archived(world)
    world.nodes["b"].points.points = {}
    await world.moves.drain(LOCAL, draining=True)
    assert "same store" in await told(world, LOCAL, workspace)
    assert (await world.row(workspace)).node == LOCAL


async def test_a_new_one_whose_first_restore_has_failed_goes_along(world: World) -> None:
    source = await world.started("b")
    world.files("b", source)[FILE] = b"one"
    await world.stopped(source)
    point = (await world.parts["points"].list(world.me, source)).points[0]
    world.nodes["b"].runtime.script.fail("restore", FULL)
    made = await world.parts["points"].as_new(world.me, source, point.id, NewFromPoint())

    async def failed() -> bool:
        return not (await world.row(made.id)).restoring

    await world.comes(failed)
    await world.moves.drain("b", draining=True)
    await told(world, "b", made.id)
    assert (await world.row(made.id)).node == LOCAL
    await world.parts["workspaces"].start(world.me, made.id)
    await world.contained(made.id)
    assert world.files(LOCAL, made.id)[FILE] == b"one"


async def test_what_is_deleted_can_be_brought_back_when_its_node_has_gone(world: World) -> None:
    workspace = await world.started("b")
    world.files("b", workspace)[FILE] = b"one"
    await world.stopped(workspace)
    await world.parts["workspaces"].delete(world.me, workspace)

    async def gone() -> bool:
        row = await world.row(workspace)
        return row.deleted_at is not None and row.content == "none"

    await world.comes(gone)
    await world.moves.drain("b", draining=True)

    async def moved() -> bool:
        return (await world.row(workspace)).node == LOCAL

    await world.comes(moved)
    await world.parts["deleted"].bring_back(world.me, workspace)

    async def back() -> bool:
        return (await world.row(workspace)).content == "present"

    await world.comes(back)
    assert world.files(LOCAL, workspace)[FILE] == b"one"


async def test_a_restore_that_fails_is_tried_again_and_it_runs_then(world: World) -> None:
    workspace = await world.started("b")
    world.files("b", workspace)[FILE] = b"one"
    world.nodes[LOCAL].runtime.script.fail("restore", FULL)
    await world.moves.drain("b", draining=True)

    async def failed() -> bool:
        return (await world.row(workspace)).restore_problem is not None

    await world.comes(failed)
    assert "The disk is full. It is tried again" in await told(world, LOCAL, workspace)
    view = await world.see(workspace)
    assert view.backup is not None
    assert view.backup.restore_problem == FULL
    assert view.backup.starts
    assert world.files("b", workspace)[FILE] == b"one", "it is the only tree that there is"
    world.later(15)
    await world.grants()
    await world.contained(workspace, 2)
    assert world.files(LOCAL, workspace)[FILE] == b"one"
    assert not await told(world, LOCAL, workspace)


async def test_a_restore_by_hand_does_not_wait_for_the_next_try(world: World) -> None:
    workspace = await world.started("b")
    world.files("b", workspace)[FILE] = b"one"
    await world.stopped(workspace)
    world.nodes[LOCAL].runtime.script.fail("restore", FULL)
    await world.moves.drain("b", draining=True)

    async def failed() -> bool:
        return (await world.row(workspace)).restore_problem is not None

    await world.comes(failed)
    points = (await world.parts["points"].list(world.me, workspace)).points
    [point] = [one for one in points if one.node == ""]  # the other one is what the node had
    await world.parts["points"].restore(world.me, workspace, point.id)

    async def there() -> bool:
        return (await world.row(workspace)).content == "present"

    await world.comes(there)
    assert world.files(LOCAL, workspace)[FILE] == b"one"
    assert (await world.see(workspace)).phase is Phase.STOPPED
