"""Whose turn it is among points that are wished for."""

from app.content.deciding import Reason
from app.content.openpoints import excludes_of, open_points
from app.content.wishes import new_point, wish
from app.db.workspaces import WorkspaceRow
from tests.app.content.conftest import Safe


async def test_of_each_workspace_the_oldest_is_made_first(safe: Safe) -> None:
    now, repositories = safe.control.clock.now(), safe.content.repositories
    async with safe.control.store.change() as change:
        first = await wish(change, repositories, safe.workspace, Reason.ASKED)
        first.asked_at = now - 1.0
        await wish(change, repositories, safe.workspace, Reason.STOP)
    async with safe.control.database.read() as session:
        (found,) = await open_points(session, now)
        assert (found.row.id, found.n, found.instance.n) == (first.id, 1, 1)
        first.not_before = now + 1.0
    async with safe.control.database.read() as session:
        row = await session.get_one(WorkspaceRow, safe.workspace)
        row.held = 2
        (found,) = await open_points(session, now)
        assert (found.n, found.instance.n) == (1, 2)  # as which the node holds it
        row.backup_excludes = ["node_modules", "../x"]
        assert all(".." not in one for one in excludes_of(row))


def test_ids_are_as_nodes_take_them() -> None:
    assert "_" not in new_point()
    assert new_point() != new_point()
