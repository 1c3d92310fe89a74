from app.content.openpoints import excludes_of, open_points
from app.db.content import RestorePointRow
from app.db.workspaces import WorkspaceRow
from tests.app.content.conftest import Safe


async def test_one_of_each_workspace_is_made_at_a_time(safe: Safe) -> None:
    for _turn in range(2):
        await safe.content.points.make(safe.control.alice, safe.workspace)
    async with safe.control.database.read() as session:
        found = await open_points(session, safe.control.clock.now())
    assert [(str(one.instance), one.node) for one in found] == [(f"{safe.workspace}.1", "local")]


async def test_what_another_node_has_left_is_no_point_of_the_workspace(safe: Safe) -> None:
    made = await safe.content.points.make(safe.control.alice, safe.workspace)
    async with safe.control.database.write() as session:
        row = await session.get_one(RestorePointRow, made.id)
        row.node = "b"
    async with safe.control.database.read() as session:
        assert await open_points(session, safe.control.clock.now()) == []


def test_excludes_are_meant_below_the_repository() -> None:
    row = WorkspaceRow(location="", folder="demo", backup_excludes=["build"])
    assert excludes_of(row) == ["demo/**/build"]
