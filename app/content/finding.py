"""Finds workspaces and points for whoever asks, also of what is deleted."""

from sqlalchemy import Update, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.access import Action, Principal
from app.content.deciding import OPEN, State
from app.db.content import RestorePointRow
from app.db.workspaces import WorkspaceRow
from app.faults import Conflict
from app.workspaces.archiving import unknown_point
from app.workspaces.owned import owned
from wire.ids import is_workspace_id


async def find(
    session: AsyncSession, principal: Principal, action: Action, workspace: str, after: float
) -> WorkspaceRow:
    """Return a workspace that is there, or was deleted after a moment; raises Missing."""
    row = await session.get(WorkspaceRow, workspace) if is_workspace_id(workspace) else None
    if row is not None and row.deleted_at is not None and row.deleted_at <= after:
        row = None
    return owned(principal, action, row)


def at_once(workspace: str) -> Update:
    """Return what lets a workspace's open points be tried without a pause: somebody waits."""
    return (
        update(RestorePointRow)
        .where(
            RestorePointRow.workspace_id == workspace,
            RestorePointRow.state.in_([one.value for one in OPEN]),
        )
        .values(not_before=0.0)
    )


async def point_of(session: AsyncSession, row: WorkspaceRow, point: str) -> RestorePointRow:
    """Return a point of a workspace; raises Missing."""
    found = await session.get(RestorePointRow, point)
    if found is None or found.workspace_id != row.id or found.state == State.LEAVING:
        raise unknown_point()
    return found


async def made_of(session: AsyncSession, row: WorkspaceRow, point: str) -> RestorePointRow:
    """Return a point that is made; raises Missing, and Conflict for one that is not yet."""
    found = await point_of(session, row, point)
    if found.state != State.DONE:
        raise Conflict("point_not_made", "This restore point is not made yet")
    return found
