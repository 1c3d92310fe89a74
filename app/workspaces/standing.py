"""Where workspaces stand: which live, which shall start, which shall go; as the database has it."""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.workspaces import InstanceRow, WorkspaceRow


def live() -> Select[WorkspaceRow, InstanceRow]:
    """Return every live instance with its workspace."""
    return (
        select(WorkspaceRow, InstanceRow)
        .join(
            InstanceRow,
            (InstanceRow.workspace_id == WorkspaceRow.id) & (InstanceRow.n == WorkspaceRow.n),
        )
        .where(InstanceRow.live)
    )


def wished() -> Select[WorkspaceRow]:
    """Return workspaces that were asked to start while they stopped, and have stopped now.

    One that is being restored waits for that first.
    """
    return select(WorkspaceRow).where(
        WorkspaceRow.wish == "running", WorkspaceRow.restoring == "", ~has_live()
    )


async def leaving(session: AsyncSession, *, keeps: bool) -> list[WorkspaceRow]:
    """Return deleted workspaces whose content may be freed.

    `keeps`: only what is in a restore point, or was given up.
    """
    still = or_(WorkspaceRow.deleted_at.is_(None), WorkspaceRow.content == "present")
    may = or_(WorkspaceRow.given_up, safe()) if keeps else true()
    found = await session.execute(
        select(WorkspaceRow).where(WorkspaceRow.wish == "deleted", still, may, ~has_live())
    )
    return list(found.scalars().all())


def safe() -> ColumnElement[bool]:
    """Tell of stopped workspaces that everything in them is in a restore point."""
    return or_(
        WorkspaceRow.content == "none",
        WorkspaceRow.backed_up_stop == WorkspaceRow.n,
    )


def has_live() -> Any:
    """Tell of workspaces that they have a live instance."""
    return exists().where(InstanceRow.workspace_id == WorkspaceRow.id, InstanceRow.live)
