"""Restores that are begun again: of workspaces whose files are nowhere but in their own points.

Such is what moves to another node, and what comes back from a deletion. It stays the platform's
to bring the files there, so that is tried for ever, with pauses.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.content.ground import Ground
from app.db.content import RestoreRow
from app.db.workspaces import WorkspaceRow
from app.workspaces.archiving import begin_restore
from app.workspaces.store import PLATFORM


def is_brought(row: WorkspaceRow, restore: RestoreRow) -> bool:
    """Tell whether a restore brings a workspace's own files to where there are none.

    What is archived stays that when it fails, and a new one waits for its person.
    """
    return row.content == "none" and row.archived_at is None and restore.source_id == row.id


class Retrying:
    """Over rows, and which nodes answer: a restore that nobody can begin is not open."""

    def __init__(self, ground: Ground) -> None:
        self._store = ground.store
        self._points = ground.points

    async def look(self) -> bool:
        """Do what is to be done now; no node is ever at work for it."""
        async with self._store.database.read() as session:
            due = await _due(session, self._store.clock.now())
        if not due:
            return False
        sight = await self._points.sight()
        if not any(sight.told(row.node) for row, _last in due):
            return False
        async with self._store.change() as change:
            for row, last in await _due(change.session, change.now):
                if not sight.told(row.node):
                    continue
                await change.session.delete(last)
                again = begin_restore(change, row, last.source_id, last.point_id, PLATFORM)
                again.tries, again.problem = last.tries, last.problem
        return False


async def _due(session: AsyncSession, now: float) -> list[tuple[WorkspaceRow, RestoreRow]]:
    """Return what is to be restored again, each with its newest attempt."""
    found = await session.execute(
        select(WorkspaceRow, RestoreRow)
        .join(RestoreRow, RestoreRow.workspace_id == WorkspaceRow.id)
        .where(
            WorkspaceRow.restore_problem.is_not(None),
            WorkspaceRow.restoring == "",
            WorkspaceRow.wish != "deleted",
        )
        .order_by(RestoreRow.asked_at, RestoreRow.id)
    )
    newest = {row.id: (row, restore) for row, restore in found.all()}
    return [
        (row, last)
        for row, last in newest.values()
        if last.state == "failed" and is_brought(row, last) and last.not_before <= now
    ]
