"""What cannot leave a node that is emptied is told with its reason, and holds up nobody."""

from app.db.snapshots import SnapshotRow
from app.db.workspaces import LOCAL, WorkspaceRow
from app.moves.draining import MOST
from tests.app.moves.conftest import World
from tests.app.moves.test_draining import told
from tests.app.moves.test_left import FULL
from wire.phases import Phase


async def test_nothing_is_stopped_before_a_node_is_known_that_takes_it(world: World) -> None:
    workspace = await world.started("b")
    world.nodes[LOCAL].lease.free = 0
    await world.grants()
    await world.moves.drain("b", draining=True)
    assert await told(world, "b", workspace) == "No other node takes it: local has no room."
    assert (await world.see(workspace)).phase is Phase.CREATING
    world.nodes[LOCAL].lease.free = 100 << 30
    await world.grants()
    await world.contained(workspace, 2)
    assert (await world.row(workspace)).node == LOCAL


async def test_nothing_is_stopped_that_the_other_node_could_not_read(world: World) -> None:
    workspace = await world.started("b")
    world.nodes[LOCAL].points.points = {}
    await world.moves.drain("b", draining=True)
    assert "same store" in await told(world, "b", workspace)
    assert (await world.see(workspace)).phase is Phase.CREATING
    assert len((await world.parts["points"].list(world.me, workspace)).points) == 1


async def test_what_cannot_be_backed_up_is_told(world: World) -> None:
    workspace = await world.started("b")
    world.nodes["b"].runtime.script.fail("backup", FULL)
    await world.parts["workspaces"].stop(world.me, workspace)
    await world.at(workspace, Phase.STOPPED)
    await world.moves.drain("b", draining=True)
    assert await told(world, "b", workspace) == "It is not backed up: The disk is full."


async def test_a_snapshot_that_is_to_be_made_is_waited_for(world: World) -> None:
    workspace = await world.started("b")
    await world.stopped(workspace)
    async with world.parts["database"].write() as session:
        row = await session.get_one(WorkspaceRow, workspace)
        session.add(
            SnapshotRow(
                id="s1",
                workspace_id=workspace,
                owner_id=row.owner_id,
                organisation_id=row.organisation_id,
                name="one",
                access="owner",
                state="failed",
                created_at=0.0,
                expires_at=None,
                context={},
            )
        )
    await world.moves.drain("b", draining=True)
    assert "snapshot" in await told(world, "b", workspace)
    assert (await world.row(workspace)).node == "b"
    async with world.parts["database"].write() as session:
        await session.delete(await session.get_one(SnapshotRow, "s1"))

    async def moved() -> bool:
        return (await world.row(workspace)).node == LOCAL

    await world.comes(moved)


async def test_what_waits_for_a_lost_node_does_not_hold_up_a_drain(world: World) -> None:
    waits = [await world.started("b") for _ in range(MOST)]
    moves = await world.started(LOCAL)
    await world.stopped(moves)
    async with world.parts["database"].write() as session:
        for one in waits:  # of a node that the settings name no more
            row = await session.get_one(WorkspaceRow, one)
            row.node, row.restoring = "c", "rs-none"
    await world.moves.drain(LOCAL, draining=True)

    async def moved() -> bool:
        return (await world.row(moves)).node == "b"

    await world.comes(moved)
