"""Takes in restore points that a repository has and no row tells of.

The database may be younger than what it speaks of: a platform that was restored from a backup
of last night finds the points of today in the repositories.
"""

import structlog
from sqlalchemy import select

from app.content.deciding import Reason, State
from app.content.repositories import Repositories
from app.db.content import RestorePointRow
from app.db.installation import restored_at
from app.db.workspaces import WorkspaceRow
from app.runtime.points import Made, Points
from app.runtime.port import Refused
from app.workspaces.archiving import newest_point
from app.workspaces.store import Store
from wire.phases import Condition

_log = structlog.get_logger(__name__)


def found(made: Made, workspace: str) -> RestorePointRow:
    """Return the row of a point that was in the repository.

    One that was left behind is not what anybody goes on from, and stays as long as it is wanted.
    """
    return RestorePointRow(
        id=made.point,
        workspace_id=workspace,
        reason=(Reason.LEFT if made.left else Reason.FOUND).value,
        state=State.DONE.value,
        asked_at=made.time,
        made_at=made.time,
        current_at=None if made.left else made.time,
        pinned=made.left,
        files=made.files,
        size=made.size,
        added=made.added,
    )


class Discovering:
    """Over rows and a node's points."""

    def __init__(self, store: Store, points: Points, repositories: Repositories) -> None:
        self._store = store
        self._points = points
        self._repositories = repositories

    async def catch_up(self, workspace: str, point: str) -> None:
        """Look into a repository that a node has a point in which nobody knows of here."""
        async with self._store.database.read() as session:
            known = await session.get(RestorePointRow, point) is not None
        if not known:
            await self.look_into(workspace)

    async def lost(self, point: str) -> None:
        """Look what there is to restore, once for each time that files are missing.

        `point` is the one that could not be made for want of them.
        """
        async with self._store.database.read() as session:
            row = await session.get_one(RestorePointRow, point)
            workspace = await session.get_one(WorkspaceRow, row.workspace_id)
        told = workspace.backup_problem or {}
        if told.get("code") != Condition.CONTENT_MISSING:
            await self.look_into(workspace.id)

    async def newest(self, workspace: str, point: str) -> str:
        """Return the point to go on from, where `point` was the newest; raises Unreachable.

        A database out of a backup may know of older ones alone: it looks what there is. Which
        point is meant stays as it is when a person chose an older one.
        """
        async with self._store.database.read() as session:
            restored = await restored_at(session)
            before = await newest_point(session, workspace)
        if restored is None or before is None or before.id != point:
            return point
        await self.look_into(workspace)
        async with self._store.database.read() as session:
            after = await newest_point(session, workspace)
        return point if after is None else after.id

    async def look_into(self, workspace: str) -> int:
        """Add a row for each unknown point of a workspace; returns how many. Raises Unreachable.

        A repository that cannot be read is left for another time: that it cannot is told when
        somebody wants something out of it.
        """
        repository = await self._repositories.open(workspace)
        if repository is None:
            return 0
        try:
            made = await self._points.listed(repository)
        except Refused as error:
            _log.warning("points_not_listed", workspace=workspace, detail=str(error))
            return 0
        async with self._store.change() as change:
            known = set(
                await change.session.scalars(
                    select(RestorePointRow.id).where(RestorePointRow.workspace_id == workspace)
                )
            )
            fresh = [found(one, workspace) for one in made if one.point not in known]
            if fresh:
                change.session.add_all(fresh)
                row = await change.session.get_one(WorkspaceRow, workspace)
                change.touch(row)
                points = "a restore point" if len(fresh) == 1 else f"{len(fresh)} restore points"
                change.record(row, "points_found", f"Found {points} that nobody knew of.")
        return len(fresh)
