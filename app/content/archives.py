"""Workspaces that cannot be archived after all: their last restore point fails, so they stay."""

from msgspec import convert
from sqlalchemy import and_, select

from app.db.workspaces import WorkspaceRow
from app.workspaces.archiving import keep
from app.workspaces.standing import safe
from app.workspaces.store import Store
from wire.problems import Problem


class Archives:
    """Over rows; no node is asked."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def look(self) -> bool:
        """Do what is to be done now; no node is ever at work for it."""
        fails = and_(
            WorkspaceRow.archived_at.is_not(None),
            WorkspaceRow.content == "present",
            WorkspaceRow.backup_problem.is_not(None),
            ~safe(),
        )
        async with self._store.database.read() as session:
            found = (await session.scalars(select(WorkspaceRow.id).where(fails))).first()
        if found is None:
            return False
        async with self._store.change() as change:
            for row in (await change.session.scalars(select(WorkspaceRow).where(fails))).all():
                title = convert(row.backup_problem, Problem).title
                keep(change, row, f"Not archived: it cannot be backed up: {title}.")
        return False
