"""Snapshots of workspaces on any node: each is where it was made, and is opened there."""

import pytest

from app.accounts.access import Shared
from app.db.snapshots import SnapshotRow
from app.db.workspaces import LOCAL
from app.faults import Conflict
from app.snapshots.structs import CreateSnapshot, OpenSnapshot, SnapshotView, State
from tests.app.moves.conftest import FILE, World
from tests.app.moves.test_left import FULL
from tests.app.moves.test_service import lost


async def frozen(world: World, workspace: str) -> SnapshotView:
    """A snapshot of it that is made."""
    wanted = CreateSnapshot(access=Shared.OWNER)
    made = await world.parts["snapshots"].create(world.me, workspace, wanted)

    async def done() -> SnapshotView | None:
        view = await world.parts["snapshots"].get(world.me, made.id)
        return view if view.state is State.DONE else None

    found = await world.comes(done)
    assert isinstance(found, SnapshotView)
    return found


async def node_of(world: World, snapshot: str) -> str:
    async with world.parts["database"].read() as session:
        return str((await session.get_one(SnapshotRow, snapshot)).node)


async def test_one_of_a_workspace_elsewhere_is_made_and_opened_there(world: World) -> None:
    workspace = await world.started("b")
    made = await frozen(world, workspace)
    assert list(world.nodes["b"].snapshots.frozen) == [made.id]
    assert not world.nodes[LOCAL].snapshots.frozen
    view = await world.parts["snapshots"].open(world.me, made.id, OpenSnapshot())
    assert (await world.row(view.id)).node == "b"
    await world.contained(view.id)
    there = (await world.moves.list()).nodes[1]
    assert (there.workspaces, there.snapshots) == (2, 1)
    await world.parts["snapshots"].delete(world.me, made.id)

    async def gone() -> bool:
        return not world.nodes["b"].snapshots.frozen

    await world.comes(gone)
    assert (await world.moves.list()).nodes[1].snapshots == 0


async def test_a_snapshot_on_a_node_that_is_away_is_not_opened(world: World) -> None:
    workspace = await world.started("b")
    made = await frozen(world, workspace)
    await world.moves.drain("b", draining=True)
    with pytest.raises(Conflict, match="takes no workspaces") as refused:
        await world.parts["snapshots"].open(world.me, made.id, OpenSnapshot())
    assert refused.value.code == "snapshot_node_away"
    assert "node b, which is being emptied" in refused.value.detail
    await world.moves.drain("b", draining=False)
    world.nodes["b"].runtime.cut()

    async def away() -> bool:
        return not world.every.answers("b")

    await world.comes(away)
    with pytest.raises(Conflict) as unanswered:
        await world.parts["snapshots"].open(world.me, made.id, OpenSnapshot())
    assert "does not answer" in unanswered.value.detail


async def test_a_snapshot_stays_when_its_workspace_moves(world: World) -> None:
    workspace = await world.started("b")
    made = await frozen(world, workspace)
    await world.moves.drain("b", draining=True)
    await world.contained(workspace, 2)
    assert (await world.row(workspace)).node == LOCAL
    assert await node_of(world, made.id) == "b"
    assert (await world.moves.list()).nodes[1].snapshots == 1


async def test_what_is_not_made_yet_follows_its_workspace(world: World) -> None:
    workspace = await lost(world)
    made = await world.parts["snapshots"].create(world.me, workspace, CreateSnapshot())
    await world.parts["snapshot_loop"].once()  # the node is away: it waits
    world.later(620)
    await world.moves.start(world.me, workspace)
    await world.contained(workspace, 4)

    async def done() -> bool:
        view = await world.parts["snapshots"].get(world.me, made.id)
        return view.state is State.DONE

    world.later(600)
    await world.comes(done)
    assert await node_of(world, made.id) == LOCAL
    assert list(world.nodes[LOCAL].snapshots.frozen) == [made.id]
    assert world.files(LOCAL, workspace)[FILE] == b"one"


async def test_a_node_that_is_away_holds_up_no_snapshot_of_another(world: World) -> None:
    there, here = await world.started("b"), await world.started()
    world.nodes["b"].runtime.script.fail("freeze", FULL)
    waits = await world.parts["snapshots"].create(world.me, there, CreateSnapshot())
    world.nodes["b"].runtime.cut()
    made = await frozen(world, here)
    assert await node_of(world, made.id) == LOCAL
    assert (await world.parts["snapshots"].get(world.me, waits.id)).state is not State.DONE
