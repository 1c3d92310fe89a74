"""Empties nodes that are drained: what runs is stopped, what has stopped moves, by itself.

From rows alone, again and again. A workspace moves only with its last point made and verified,
and only to a node that finds that point; before one is known, nothing is stopped. What cannot
move is left where it is, and told.
"""

from dataclasses import dataclass, field

import structlog
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.content.deciding import Reason
from app.content.repositories import Repositories
from app.content.wishes import OPEN_STATES, wish
from app.db.content import ContentKeyRow, RestorePointRow, RestoreRow
from app.db.snapshots import SnapshotRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.moves.choosing import choose, why_none
from app.moves.left import still_saves
from app.moves.moving import carry, move, reads
from app.moves.nodes import Nodes
from app.moves.waiting import NOT_THERE, Waiting, why
from app.runtime.nodes import AllPoints
from app.runtime.port import Unreachable
from app.workspaces.archiving import newest_point
from app.workspaces.lifecycle import Event
from app.workspaces.store import PLATFORM, Change, Store
from app.workspaces.transitions import happen
from wire.ids import InstanceId
from wire.phases import Phase, StopReason

_log = structlog.get_logger(__name__)
_TAKEN_OUT = "Restore points of it are being taken out."
_NOT_SHARED = "Node {} does not find its restore points: both need the same store."
PAUSE = 60.0
"""Seconds after which a node that did not find a point is asked again."""
MOST = 4
"""Workspaces that move at a time: each is written whole by the node that it comes to."""


@dataclass(frozen=True, slots=True)
class Draining:
    """Over rows, and the nodes."""

    store: Store
    nodes: Nodes
    points: AllPoints
    repositories: Repositories
    stuck: dict[str, dict[str, str]]
    """Node → workspace → why it does not move, for people; of the newest look."""
    not_before: dict[tuple[str, str], float] = field(default_factory=dict)
    """Workspace and node → when that is asked again for a point which it did not find."""

    async def look(self) -> bool:
        """Do what is to be done now; no node is at work for it."""
        now = self.store.clock.monotonic()
        for one in [one for one, at in self.not_before.items() if at <= now]:
            del self.not_before[one]
        for node in list(self.nodes.every.values()):
            if node.draining:
                await self._empty(node.name)
            else:
                self.stuck.pop(node.name, None)
        await self._place_anew()
        return False

    async def _empty(self, name: str) -> None:
        """Bring a node a step further."""
        async with self.store.database.read() as session:
            there = await _there(session, name)
            coming = await session.scalars(
                select(WorkspaceRow.node).where(WorkspaceRow.restoring != "")
            )
            # what waits for a node that is away holds up no other
            at_work = sum(self.nodes.answers(one) for one in coming.all())
        told = self.stuck.setdefault(name, {})
        for workspace in told.keys() - {one.row.id for one in there}:
            del told[workspace]
        ready = list[Waiting]()
        for one in there:
            if reason := why(one):
                told[one.row.id] = reason
            elif one.placed:
                told[one.row.id] = why_none(self.nodes.candidates(), [name])
            else:
                ready.append(one)
        # what did not move comes behind the others, and what was tried just now behind all
        tried = list(told)
        turns = sorted(ready, key=lambda one: tried.index(one.row.id) if one.row.id in told else -1)
        for one in turns[: max(0, MOST - at_work)]:
            told.pop(one.row.id, None)
            try:
                reason = await self._leave(one, name)
            except Unreachable as error:
                reason = f"A node does not answer: {error}."
            if reason:
                told[one.row.id] = reason

    async def _leave(self, one: Waiting, name: str) -> str:
        """Let one go a step further; returns why it does not."""
        workspace = one.row.id
        if self.repositories.turn(workspace).locked():
            return _TAKEN_OUT
        candidates, holding = self.nodes.candidates(), self.nodes.holding(workspace)
        to = choose(candidates, [name, *holding])
        if to is None and choose(candidates, [name]) is not None:
            there = ", ".join(node for node in holding if node != name)
            return f"What is left of it on node {there} is still being saved."
        if to is None:
            return why_none(candidates, [name])
        async with self.store.database.read() as session:
            source, point = await _newest(session, one)
        if not point and one.live:
            return await self._first_point(one)
        repository = await self.repositories.open(source)
        if not point or repository is None:
            return "It has no restore point that could be used elsewhere."
        if (workspace, to) in self.not_before:
            return _NOT_SHARED.format(to)
        if not await reads(self.points, to, repository, point):
            self.not_before[workspace, to] = self.store.clock.monotonic() + PAUSE
            return _NOT_SHARED.format(to)
        turn = self.repositories.turn(workspace)
        if turn.locked():
            return _TAKEN_OUT  # begun meanwhile
        async with turn:
            return await self._go(one, name, to)

    async def _first_point(self, one: Waiting) -> str:
        """Have one made while it runs: before, nobody knows whether another node reads them."""
        async with self.store.change() as change:
            opened = select(RestorePointRow.id).where(
                RestorePointRow.workspace_id == one.row.id,
                RestorePointRow.state.in_(OPEN_STATES),
                RestorePointRow.node == "",
            )
            if (await change.session.scalars(opened)).first() is None:
                await wish(change, self.repositories, one.row.id, Reason.PERIODIC)
        return "Its first restore point is made before it is stopped."

    async def _go(self, one: Waiting, name: str, to: str) -> str:
        """Stop it, carry it or move it, unless it is another than it was; to its next turn then."""
        async with self.store.change() as change:
            row = await change.session.get(WorkspaceRow, one.row.id)
            live = None if row is None else await change.newest(row)
            if row is None or row.version != one.row.version or row.node != name:
                return ""
            if live is not None and live.live:
                return _stop(change, row, live, name)
            # asked again: it may be seen only now
            if to in self.nodes.holding(row.id) or await still_saves(change.session, row.id, to):
                return f"What is left of it on node {to} is still being saved."
            if row.content == "none":
                carry(change, row, to)
            else:
                point = await newest_point(change.session, row.id)
                if point is None:
                    return ""
                move(change, row, self.store.secrets, to, point, PLATFORM)
        _log.info("moves", workspace=one.row.id, node=name, to=to)
        return ""

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
                    if Phase(live.phase) not in NOT_THERE:
                        continue
                    live.node = to
                row.node = to
                change.touch(row)


async def _there(session: AsyncSession, name: str) -> list[Waiting]:
    """Return what is still of a node, those that somebody waits for first.

    What is deleted counts while it can be restored.
    """
    keyed = exists().where(ContentKeyRow.workspace_id == WorkspaceRow.id)
    pointed = exists().where(
        RestorePointRow.workspace_id == WorkspaceRow.id, RestorePointRow.state == "done"
    )
    frozen = exists().where(
        SnapshotRow.workspace_id == WorkspaceRow.id, SnapshotRow.state.in_(["wanted", "failed"])
    )
    found = await session.execute(
        select(
            WorkspaceRow,
            InstanceRow,
            frozen,
            exists().where(RestoreRow.workspace_id == WorkspaceRow.id),
        )
        .outerjoin(
            InstanceRow,
            (InstanceRow.workspace_id == WorkspaceRow.id) & (InstanceRow.n == WorkspaceRow.n),
        )
        .where(
            WorkspaceRow.node == name,
            WorkspaceRow.deleted_at.is_(None)
            | (WorkspaceRow.content == "present")
            | (keyed & pointed),
        )
        .order_by(WorkspaceRow.wish != "running", WorkspaceRow.id)
    )
    return [Waiting(*one) for one in found.all()]


async def _newest(session: AsyncSession, one: Waiting) -> tuple[str, str]:
    """Return of which workspace the point is that it goes on from, and the point; "" for none."""
    if one.row.content == "none" and one.row.archived_at is None and one.row.deleted_at is None:
        last = await session.scalar(
            select(RestoreRow)
            .where(RestoreRow.workspace_id == one.row.id)
            .order_by(RestoreRow.asked_at.desc(), RestoreRow.id)
            .limit(1)
        )
        return ("", "") if last is None else (last.source_id, last.point_id)
    point = await newest_point(session, one.row.id)
    return one.row.id, "" if point is None else point.id


def _stop(change: Change, row: WorkspaceRow, instance: InstanceRow, name: str) -> str:
    """Stop what runs on a node that is to be empty; it starts again where it goes."""
    wanted = row.wish == "running"
    if happen(change, row, instance, Event.STOP_ASKED, reason=StopReason.REQUESTED):
        change.record(row, "moving", f"Node {name} is being emptied: it moves to another.")
        if wanted:
            row.wish = "running"
    return "It is stopping."
