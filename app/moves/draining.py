"""Empties nodes that are drained: what runs is stopped, what has stopped moves, by itself.

From rows alone, again and again. A workspace moves only with its last point made and verified,
and only to a node that finds that point. What cannot is left where it is, and told.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import exists, select

from app.content.repositories import Repositories
from app.db.content import RestoreRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.moves.choosing import choose, why_none
from app.moves.moving import move, reads
from app.moves.nodes import Nodes
from app.runtime.nodes import AllPoints
from app.runtime.port import Unreachable
from app.workspaces.archiving import newest_point
from app.workspaces.lifecycle import Event
from app.workspaces.standing import has_live, safe
from app.workspaces.store import PLATFORM, Change, Store
from app.workspaces.transitions import happen
from wire.ids import InstanceId
from wire.phases import Phase, StopReason

_log = structlog.get_logger(__name__)
MOST = 4
"""Workspaces that move at a time: each is written whole by the node that it comes to."""
_NOT_THERE = frozenset({Phase.PREPARING, Phase.BUILDING, Phase.PENDING})


@dataclass(frozen=True, slots=True)
class Draining:
    """Over rows, and the nodes."""

    store: Store
    nodes: Nodes
    points: AllPoints
    repositories: Repositories
    stuck: dict[str, str]
    """Workspace → why it does not move, for people; of the newest look."""

    async def look(self) -> bool:
        """Do what is to be done now; no node is at work for it."""
        drained: set[str] = set()
        for node in list(self.nodes.every.values()):
            if node.draining:
                drained |= await self._empty(node.name)
        for workspace in self.stuck.keys() - drained:
            del self.stuck[workspace]
        await self._place_anew()
        return False

    async def _empty(self, name: str) -> set[str]:
        """Bring a node a step further; returns what is still to move."""
        async with self.store.change() as change:
            found = await change.session.execute(
                select(WorkspaceRow, InstanceRow)
                .join(InstanceRow, InstanceRow.workspace_id == WorkspaceRow.id)
                .where(WorkspaceRow.node == name, InstanceRow.live, WorkspaceRow.wish != "deleted")
            )
            for row, instance in found.all():
                if row.content == "present":
                    _stop(change, row, instance, name)
        async with self.store.database.read() as session:
            rows = await session.scalars(
                select(WorkspaceRow.id)
                .where(
                    WorkspaceRow.node == name,
                    WorkspaceRow.content == "present",
                    WorkspaceRow.wish != "deleted",
                    WorkspaceRow.restoring == "",
                    WorkspaceRow.deleted_at.is_(None),
                    ~has_live(),
                    safe(),
                )
                # whoever waits for it goes first
                .order_by(WorkspaceRow.wish != "running", WorkspaceRow.id)
            )
            ready = list(rows.all())
            at_work = len(
                (
                    await session.scalars(
                        select(WorkspaceRow.id).where(WorkspaceRow.restoring != "")
                    )
                ).all()
            )
        # what did not move comes behind the others, and what was tried just now behind all
        tried = list(self.stuck)
        turns = sorted(ready, key=lambda one: tried.index(one) if one in self.stuck else -1)
        for workspace in turns[: max(0, MOST - at_work)]:
            self.stuck.pop(workspace, None)
            try:
                await self._move(workspace, name)
            except Unreachable as error:
                self.stuck[workspace] = f"A node does not answer: {error}."
        return set(ready)

    async def _move(self, workspace: str, name: str) -> None:
        candidates, holding = self.nodes.candidates(), self.nodes.holding(workspace)
        to = choose(candidates, [name, *holding])
        if to is None and choose(candidates, [name]) is not None:
            there = ", ".join(one for one in holding if one != name)
            self.stuck[workspace] = f"What is left of it on node {there} is still being saved."
            return
        if to is None:
            self.stuck[workspace] = why_none(candidates, [name])
            return
        async with self.store.database.read() as session:
            point = await newest_point(session, workspace)
        repository = await self.repositories.open(workspace)
        if point is None or repository is None:
            self.stuck[workspace] = "It has no restore point that could be used elsewhere."
            return
        if not await reads(self.points, to, repository, point.id):
            self.stuck[workspace] = (
                f"Node {to} does not find its restore points: both need the same store."
            )
            return
        async with self.store.change() as change:
            row = await change.workspace(workspace)
            live = None if row is None else await change.newest(row)
            if row is None or row.node != name or row.restoring or row.wish == "deleted":
                return
            if live is not None and live.live:
                return
            move(change, row, self.store.secrets, to, point, PLATFORM)
        _log.info("moves", workspace=workspace, node=name, to=to)

    async def _place_anew(self) -> None:
        """Give starts that have no files yet to another node while theirs takes none."""
        unfit = [one.name for one in self.nodes.candidates() if not one.answers or one.draining]
        to = choose(self.nodes.candidates())
        if not unfit or to is None:
            return
        waits = (
            select(WorkspaceRow)
            .where(
                WorkspaceRow.node.in_(unfit),
                WorkspaceRow.content == "none",
                WorkspaceRow.snapshot == "",
                WorkspaceRow.restoring == "",
                # what is archived, or was to be restored, has points that this node can read
                WorkspaceRow.archived_at.is_(None),
                ~exists().where(RestoreRow.workspace_id == WorkspaceRow.id),
                WorkspaceRow.deleted_at.is_(None),
            )
            .order_by(WorkspaceRow.id)
        )
        async with self.store.database.read() as session:
            if (await session.scalars(waits)).first() is None:
                return
        async with self.store.change() as change:
            for row in (await change.session.scalars(waits)).all():
                live = await change.session.get(InstanceRow, str(InstanceId(row.id, row.n)))
                if live is not None and live.live:
                    if Phase(live.phase) not in _NOT_THERE:
                        continue
                    live.node = to
                row.node = to
                change.touch(row)


def _stop(change: Change, row: WorkspaceRow, instance: InstanceRow, name: str) -> None:
    """Stop what runs on a node that is to be empty; it starts again where it goes."""
    wanted = row.wish == "running"
    if happen(change, row, instance, Event.STOP_ASKED, reason=StopReason.REQUESTED):
        change.record(row, "moving", f"Node {name} is being emptied: it moves to another.")
        if wanted:
            row.wish = "running"
