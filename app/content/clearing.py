"""Removes restore points that are kept no longer, and what is left of deleted workspaces.

The node first, then the rows: whatever happens between is done again.
"""

import asyncio
from collections.abc import Awaitable

import structlog
from sqlalchemy import Select, delete, exists, or_, select

from app.content.deciding import OPEN, State
from app.content.ground import Ground
from app.db.content import ContentKeyRow, RestorePointRow, RestoreRow
from app.db.installation import restored_at
from app.db.workspaces import WorkspaceRow
from app.runtime.port import Fenced, Refused, Unreachable
from app.workspaces.standing import holder

_log = structlog.get_logger(__name__)
_AT_WORK = [one.value for one in OPEN - {State.WANTED}]
PAUSE = 60.0
"""Seconds after which what a node refused to remove is asked for again."""
REST = 3600.0
"""Seconds without a new point after which a workspace is not at work."""


class Clearing:
    """Over rows and a node's points."""

    def __init__(self, ground: Ground) -> None:
        self._store = ground.store
        self._points = ground.points
        self._repositories = ground.repositories
        self._policy = ground.policy
        self._not_before: dict[str, float] = {}
        self._held: dict[str, asyncio.Lock] = {}
        """Turns of workspaces whose node has not answered yet: it may still be at it."""

    async def look(self) -> bool:
        """Do what is to be done now; a node removes at once, so nothing is ever at work."""
        now = self._store.clock.monotonic()
        self._not_before = {one: at for one, at in self._not_before.items() if at > now}
        leaving = await self._leaving()
        for workspace in self._held.keys() - leaving.keys():
            self._held.pop(workspace).release()
        for workspace, points in leaving.items():
            if workspace not in self._not_before:
                await self._in_turn(workspace, points)
        for workspace, n in await self._over():
            if workspace not in self._not_before:
                await _answered(self._drop(workspace, n))
        return False

    async def _in_turn(self, workspace: str, points: list[str]) -> None:
        """Have points taken out; no other node begins before the workspace's own has answered.

        A call gives up long before a node has taken out many. Asked again, it tells when it has.
        One that does not answer anybody is not waited for: its workspaces may have to go on.
        """
        if workspace not in self._held:
            turn = self._repositories.turn(workspace)
            await turn.acquire()
            self._held[workspace] = turn
        busy = False
        try:
            await self._forget(workspace, points)
        except Unreachable as error:
            _log.info("node_unanswered", detail=str(error))
            busy = await self._is_told(workspace)
        finally:
            if not busy:
                self._held.pop(workspace).release()

    async def _is_told(self, workspace: str) -> bool:
        """Tell whether a workspace's node says what it does, though it gave no answer."""
        async with self._store.database.read() as session:
            row = await session.get(WorkspaceRow, workspace)
        try:
            return row is not None and (await self._points.sight()).told(row.node)
        except Unreachable:
            return False

    async def _leaving(self) -> dict[str, list[str]]:
        needed = select(RestoreRow.point_id).where(RestoreRow.state == "open")
        async with self._store.database.read() as session:
            rows = await session.execute(
                select(RestorePointRow.workspace_id, RestorePointRow.id).where(
                    RestorePointRow.state == State.LEAVING.value,
                    RestorePointRow.id.not_in(needed),
                )
            )
            found: dict[str, list[str]] = {}
            for workspace, point in rows.all():
                found.setdefault(workspace, []).append(point)
            works = await session.scalars(
                select(RestorePointRow.workspace_id).where(
                    RestorePointRow.workspace_id.in_(found),
                    RestorePointRow.made_at > self._store.clock.now() - REST,
                )
            )
            waiting = {one for one in works if len(found[one]) < self._policy.together}
            # a node that the workspace has left may write to the repository at this moment
            left = (await session.execute(_left())).all() if found else []
        if left:
            sight = await self._points.sight()
            waiting |= {workspace for workspace, node in left if sight.told(node)}
        return {one: points for one, points in found.items() if one not in waiting}

    async def _over(self) -> list[tuple[str, int]]:
        """Return deleted workspaces that can be restored no longer, with what fences them."""
        until = self._store.clock.now() - self._policy.keep_deleted
        async with self._store.database.read() as session:
            restored = await restored_at(session)
            if restored is not None and restored > until:
                return []  # some may have been brought back after the backup was made
            rows = await session.execute(
                select(WorkspaceRow)
                .join(ContentKeyRow, ContentKeyRow.workspace_id == WorkspaceRow.id)
                .where(
                    WorkspaceRow.deleted_at <= until,
                    WorkspaceRow.content == "none",
                    ~exists().where(
                        RestoreRow.source_id == WorkspaceRow.id, RestoreRow.state == "open"
                    ),
                )
            )
            return [(one.id, holder(one).n) for one in rows.scalars().all()]

    async def _forget(self, workspace: str, points: list[str]) -> None:
        async with self._store.database.read() as session:
            mine = _left().where(RestorePointRow.workspace_id == workspace)
            left = (await session.execute(mine)).all()
        if left:
            sight = await self._points.sight()
            if any(sight.told(node) for _workspace, node in left):
                return  # begun meanwhile
        repository = await self._repositories.open(workspace)
        if repository is not None:
            try:
                await self._points.forget(repository, points)
            except (Fenced, Refused) as error:
                self._later(workspace, error)
                return
        async with self._store.change() as change:
            await change.session.execute(
                delete(RestorePointRow).where(RestorePointRow.id.in_(points))
            )
            row = await change.session.get(WorkspaceRow, workspace)
            if row is not None:
                change.touch(row)
        _log.info("points_forgotten", workspace=workspace, count=len(points))

    async def _drop(self, workspace: str, n: int) -> None:
        try:
            freed = await self._points.drop(workspace, n)
        except (Fenced, Refused) as error:
            self._later(workspace, error)
            return
        async with self._store.database.write() as session:
            for table in (RestorePointRow, ContentKeyRow):
                await session.execute(delete(table).where(table.workspace_id == workspace))
            mine = or_(RestoreRow.workspace_id == workspace, RestoreRow.source_id == workspace)
            await session.execute(delete(RestoreRow).where(mine, RestoreRow.state != "open"))
        _log.info("points_dropped", workspace=workspace, freed=freed)

    def _later(self, workspace: str, error: Exception) -> None:
        self._not_before[workspace] = self._store.clock.monotonic() + PAUSE
        _log.warning("points_stay", workspace=workspace, detail=str(error))


def _left() -> Select[str, str]:
    """Return the workspaces that have something left on a node which is being saved, and the node.

    Only one that answers counts: what another had begun is over, or locks the repository itself.
    """
    return select(RestorePointRow.workspace_id, RestorePointRow.node).where(
        RestorePointRow.node != "", RestorePointRow.state.in_(_AT_WORK)
    )


async def _answered(call: Awaitable[None]) -> None:
    """Go on with the others when a node does not answer: theirs may be another one."""
    try:
        await call
    except Unreachable as error:
        _log.info("node_unanswered", detail=str(error))
