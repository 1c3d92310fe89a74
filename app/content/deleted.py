"""Deleted workspaces, as long as they can be restored: listed, and brought back."""

import builtins

from msgspec import convert
from sqlalchemy import false, func, or_, select

from app.accounts.access import Action, Principal, allowed
from app.content.deciding import State
from app.content.finding import find
from app.content.pending import is_pending
from app.content.policy import Policy
from app.content.structs import DeletedView
from app.db.content import ContentKeyRow, RestorePointRow
from app.db.workspaces import WorkspaceRow
from app.faults import Conflict, Denied, Missing
from app.workspaces.archiving import begin_restore, newest_point, unknown_point
from app.workspaces.service import WorkspaceService
from app.workspaces.store import Store
from app.workspaces.structs import WorkspaceView
from wire.problems import Problem


class Deleted:
    """Deleted workspaces of people."""

    def __init__(self, store: Store, workspaces: WorkspaceService, policy: Policy) -> None:
        self._store = store
        self._workspaces = workspaces
        self.policy = policy

    async def list(self, principal: Principal) -> builtins.list[DeletedView]:
        """Return one's own deleted workspaces that can be restored, newest first."""
        if not allowed(principal, Action.LIST_OWN):
            raise Denied("denied", "You may not list workspaces")
        points = (
            select(func.count())
            .where(
                RestorePointRow.workspace_id == WorkspaceRow.id,
                RestorePointRow.state == State.DONE.value,
            )
            .scalar_subquery()
        )
        after = self.policy.deleted_after(self._store.clock.now())
        pointed = points > 0 if self.policy.keep_deleted else false()
        async with self._store.database.read() as session:
            found = await session.execute(
                select(WorkspaceRow, points, is_pending())
                .join(ContentKeyRow, ContentKeyRow.workspace_id == WorkspaceRow.id)
                .where(
                    WorkspaceRow.owner_id == principal.user,
                    WorkspaceRow.deleted_at > after,
                    or_(pointed, is_pending()),
                )
                .order_by(WorkspaceRow.deleted_at.desc(), WorkspaceRow.id)
            )
            return [
                DeletedView(
                    id=row.id,
                    name=row.name,
                    repository=row.repository,
                    deleted=row.deleted_at or 0.0,
                    until=(row.deleted_at or 0.0) + self.policy.keep_deleted,
                    points=count,
                    pending=pending,
                    problem=_problem(row) if pending else None,
                )
                for row, count, pending in found.all()
            ]

    async def pending(self, principal: Principal, workspace: str) -> DeletedView:
        """Return one whose last restore point is still to be made; raises Missing."""
        for one in await self.list(principal):
            if one.id == workspace and one.pending:
                return one
        raise Missing(
            "workspace_unknown",
            "Nothing of it waits on the node",
            "Its last restore point is made, or its files are gone.",
        )

    async def bring_back(self, principal: Principal, workspace: str) -> WorkspaceView:
        """Undo a deletion: the workspace is there again, stopped, as its newest point holds it.

        One whose files still wait for their last point comes back with these.
        """
        async with self._store.change() as change:
            row = await find(
                change.session,
                principal,
                Action.DELETE_WORKSPACE,
                workspace,
                self.policy.deleted_after(change.now),
            )
            waits = await change.session.scalar(
                select(is_pending()).where(WorkspaceRow.id == workspace)
            )
            if row.deleted_at is None or (row.content != "none" and not waits):
                raise Conflict(
                    "not_deleted",
                    "It is not deleted, or not yet",
                    cure="Wait until its files are freed, then restore it.",
                )
            if not waits and not self.policy.keep_deleted:
                raise unknown_point()
            newest = None if waits else await newest_point(change.session, workspace)
            if newest is None and not waits:
                raise unknown_point()
            row.deleted_at, row.wish, row.cleanup_at = None, "stopped", None
            row.given_up, row.phase_since = False, change.now
            change.touch(row)
            if newest is not None:
                begin_restore(change, row, row.id, newest.id, principal.user)
            change.record(row, "brought_back", "The deletion is undone.", principal.user)
        return await self._workspaces.get(principal, workspace)


def _problem(row: WorkspaceRow) -> Problem | None:
    return None if row.backup_problem is None else convert(row.backup_problem, Problem)
