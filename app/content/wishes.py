"""Wishes for restore points: what decides on one, and its row."""

from sqlalchemy import Select, exists, select

from app.accounts.secrets import new_id
from app.content.deciding import OPEN, Facts, Reason, State
from app.content.repositories import Repositories
from app.db.content import RestorePointRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.workspaces.store import Change
from app.workspaces.views import phase_of

OPEN_STATES = [one.value for one in OPEN]


def new_point() -> str:
    """Return a fresh id of a point or a restore, as nodes take it."""
    return new_id("rp").replace("_", "-")


async def wish(
    change: Change, repositories: Repositories, workspace: str, reason: Reason
) -> RestorePointRow:
    """Add the row of a point that is to be made."""
    await repositories.begin(change.session, workspace)
    row = RestorePointRow(
        id=new_point(),
        workspace_id=workspace,
        reason=reason.value,
        state=State.WANTED.value,
        asked_at=change.now,
    )
    change.session.add(row)
    change.touch(await change.session.get_one(WorkspaceRow, workspace))
    return row


def facts_of(row: WorkspaceRow, instance: InstanceRow | None) -> Facts:
    """Return what the decision about a workspace's next point needs."""
    return Facts(
        phase_of(instance),
        row.phase_since,
        row.backed_up_at,
        safe=row.backed_up_stop == row.n,
        deleting=row.wish == "deleted",
        restoring=bool(row.restoring),
        archiving=row.archived_at is not None,
    )


def without_open() -> Select[WorkspaceRow, InstanceRow]:
    """Return what has content, and no point that is still to be made, with its newest start."""
    return (
        select(WorkspaceRow, InstanceRow)
        .outerjoin(
            InstanceRow,
            (InstanceRow.workspace_id == WorkspaceRow.id) & (InstanceRow.n == WorkspaceRow.n),
        )
        .where(
            WorkspaceRow.content == "present",
            ~WorkspaceRow.given_up,
            ~exists().where(
                RestorePointRow.workspace_id == WorkspaceRow.id,
                RestorePointRow.state.in_(OPEN_STATES),
                RestorePointRow.node == "",
            ),
        )
    )
