from app.db.workspaces import LOCAL
from app.moves.moving import move, reads
from app.runtime.nodes import AllPoints
from app.workspaces.archiving import newest_point
from tests.app.moves.conftest import FILE, World
from wire.phases import Phase


async def test_a_move_takes_a_number_whose_start_never_runs(world: World) -> None:
    workspace = await world.started("b")
    await world.stopped(workspace)
    store = world.parts["store"]
    async with store.change() as change:
        row = await change.workspace(workspace)
        point = await newest_point(change.session, workspace)
        move(change, row, store.secrets, LOCAL, point, "alice")
    row = await world.row(workspace)
    assert (row.node, row.n, row.wish, row.backed_up_stop) == (LOCAL, 2, "stopped", 2)
    assert row.restoring
    view = await world.see(workspace)
    assert view.phase is Phase.STOPPED


async def test_only_who_has_the_same_store_finds_the_point(world: World) -> None:
    workspace = await world.started("b")
    world.files("b", workspace)[FILE] = b"one"
    await world.stopped(workspace)
    repository = await world.parts["repositories"].open(workspace)
    async with world.parts["database"].read() as session:
        point = await newest_point(session, workspace)
    nodes = {name: one.points for name, one in world.nodes.items()}
    points = AllPoints(nodes, lambda _: None)
    assert await reads(points, LOCAL, repository, point.id)
    assert not await reads(points, LOCAL, repository, "rp-other")
    world.nodes[LOCAL].points.points = {}
    assert not await reads(points, LOCAL, repository, point.id)
