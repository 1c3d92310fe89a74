"""Finds workspaces and points for whoever asks, also of what is deleted; begins restores."""

from sqlalchemy import Update, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.access import Action, Principal
from app.content.backing import new_point
from app.content.deciding import OPEN, Reason, State
from app.db.content import RestorePointRow, RestoreRow
from app.db.workspaces import WorkspaceRow
from app.faults import Conflict, Missing
from app.workspaces.owned import owned
from app.workspaces.store import Change
from wire.ids import is_workspace_id


async def find(
    session: AsyncSession, principal: Principal, action: Action, workspace: str, after: float
) -> WorkspaceRow:
    """Return a workspace that is there, or was deleted after a moment; raises Missing."""
    row = await session.get(WorkspaceRow, workspace) if is_workspace_id(workspace) else None
    if row is not None and row.deleted_at is not None and row.deleted_at <= after:
        row = None
    return owned(principal, action, row)


def begin(change: Change, row: WorkspaceRow, source: WorkspaceRow, point: str, user: str) -> None:
    """Let a workspace be restored; raises Conflict while it is already."""
    if row.restoring:
        raise Conflict(
            "restoring", "It is being restored", cure="Wait until that is done, then try again."
        )
    restore = RestoreRow(
        id=new_point(),
        workspace_id=row.id,
        source_id=source.id,
        point_id=point,
        state="open",
        asked_at=change.now,
        asked_by=user,
    )
    change.session.add(restore)
    row.restoring = restore.id
    change.touch(row)


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


async def newest_point(session: AsyncSession, workspace: str) -> RestorePointRow | None:
    """Return the point that holds what there was last; what was left behind is none.

    It may be an old one that the workspace was restored to since.
    """
    return await session.scalar(
        select(RestorePointRow)
        .where(
            RestorePointRow.workspace_id == workspace,
            RestorePointRow.state == State.DONE.value,
            RestorePointRow.reason != Reason.LEFT.value,
        )
        .order_by(
            func.coalesce(RestorePointRow.current_at, RestorePointRow.made_at).desc(),
            RestorePointRow.made_at.desc(),
        )
        .limit(1)
    )


def unknown_point() -> Missing:
    """Return what is said of a point that is not there."""
    return Missing(
        "point_unknown",
        "There is no such restore point",
        "It was forgotten, as the installation keeps so many, or never made.",
        "Look at the workspace's list of restore points.",
    )
