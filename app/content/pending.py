"""Deleted workspaces whose last restore point cannot be made: nobody is held up, nothing is lost.

They go from people's lists and can be brought back as they are. Their files stay on the node
until the point is made, until they are given up, or until the days of a deleted workspace are
over. Whether the last point fails is told by the row, so every look finds the same.
"""

import structlog
from msgspec import convert
from sqlalchemy import ColumnElement, and_, select

from app.content.finding import at_once
from app.content.policy import Policy
from app.db.workspaces import WorkspaceRow
from app.workspaces.standing import has_live, safe
from app.workspaces.store import Store
from wire.problems import Problem

_log = structlog.get_logger(__name__)


def is_pending() -> ColumnElement[bool]:
    """Tell of deleted workspaces that their files wait on the node for their last point."""
    return and_(
        WorkspaceRow.deleted_at.is_not(None),
        WorkspaceRow.content == "present",
        ~WorkspaceRow.given_up,
        ~safe(),
    )


class Pending:
    """Over rows; no node is asked."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._policy = policy

    async def look(self) -> bool:
        """Do what is to be done now; no node is ever at work for it."""
        now = self._store.clock.now()
        fails = and_(
            WorkspaceRow.wish == "deleted",
            WorkspaceRow.deleted_at.is_(None),
            WorkspaceRow.content == "present",
            WorkspaceRow.backup_problem.is_not(None),
            ~has_live(),
            ~safe(),
        )
        over = and_(is_pending(), WorkspaceRow.deleted_at <= now - self._policy.keep_deleted)
        async with self._store.database.read() as session:
            found = (await session.scalars(select(WorkspaceRow.id).where(fails | over))).first()
        if found is None:
            return False
        async with self._store.change() as change:
            for row in (await change.session.scalars(select(WorkspaceRow).where(over))).all():
                row.given_up = True
                change.touch(row)
                change.record(row, "given_up", "Its days are over: its files are freed.")
                _log.warning("given_up_without_point", workspace=row.id)
            for row in (await change.session.scalars(select(WorkspaceRow).where(fails))).all():
                row.deleted_at = change.now
                change.touch(row)
                title = convert(row.backup_problem, Problem).title
                text = f"Its last restore point cannot be made yet: {title}."
                change.record(row, "deleted", f"{text} Its files stay on the node until then.")
                await change.session.execute(at_once(row.id))
        return False
