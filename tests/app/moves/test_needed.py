"""What a node has left is needed while it may be all that there is of a workspace."""

import pytest

from app.db.content import RestoreRow
from app.db.workspaces import LOCAL
from app.moves.needed import is_needed
from app.workspaces.archiving import begin_restore
from tests.app.moves.conftest import World
from tests.app.moves.test_service import lost


async def needed(world: World, workspace: str) -> bool:
    return await is_needed(world.parts["database"], world.every, await world.row(workspace))


async def test_while_its_own_node_has_its_files_it_is_not(world: World) -> None:
    workspace = await world.started("b")
    assert not await needed(world, workspace)
    world.nodes["b"].runtime.cut()

    async def away() -> bool:
        return not world.every.answers("b")

    await world.comes(away)
    assert await needed(world, workspace), "nobody knows what it has"
    world.later(620)
    assert not await needed(world, workspace)


@pytest.mark.parametrize(("code", "needs"), [("disk_full", False), ("point_damaged", True)])
async def test_a_point_that_could_not_be_restored_is_not_believed(
    world: World, code: str, *, needs: bool
) -> None:
    workspace = await lost(world)
    world.later(620)
    async with world.parts["store"].change() as change:
        row = await change.session.get_one(type(await world.row(workspace)), workspace)
        restore = begin_restore(change, row, workspace, "rp-1", "alice")
        restore.problem, row.content = {"code": code, "title": "x"}, "none"
        assert isinstance(restore, RestoreRow)
    assert (await world.row(workspace)).node != LOCAL
    assert await needed(world, workspace) is needs
