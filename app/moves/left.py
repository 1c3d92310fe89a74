"""What a node still has of workspaces that have gone on elsewhere: offered, then let go.

A node that comes back late is never asked for its tree as it is. The tree becomes a restore point
beside the others, unless everything in it is in one already; only then, and only while the
workspace has its files on its own node, or has lost that, is it freed. The number that goes along
fences the node.

That there may be something is noted with the move itself, before anybody has seen it: until it is
saved, or the node says that it has nothing, the workspace does not come back to that node.
"""

from dataclasses import dataclass, field

import structlog
from msgspec import to_builtins
from msgspec.structs import replace
from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.content.backing import REFUSED
from app.content.deciding import OPEN, Reason, State, pause
from app.content.repositories import NO_KEY, Repositories
from app.content.wishes import new_point
from app.db.content import RestorePointRow
from app.db.workspaces import WorkspaceRow
from app.moves.needed import is_needed
from app.moves.node import Node
from app.moves.nodes import WHOLE, Nodes
from app.runtime.nodes import AllPoints
from app.runtime.points import BackupState, BackupStatus, Made
from app.runtime.port import ContentStatus, Fenced, Refused, Unreachable
from app.workspaces.store import Change, Store
from wire.ids import InstanceId
from wire.phases import Condition
from wire.problems import Problem

_log = structlog.get_logger(__name__)
GRACE = 10.0
"""Seconds between TERM and KILL of what still runs on a node that it has moved away from."""
PAUSE = 60.0
"""Seconds after which a node that refused to free a tree is asked again."""
_OPEN = [one.value for one in OPEN]


def expect(change: Change, workspace: str, node: str) -> RestorePointRow:
    """Add the row of what a node may have of a workspace that has just left it."""
    row = RestorePointRow(
        id=new_point(),
        workspace_id=workspace,
        reason=Reason.LEFT.value,
        state=State.WANTED.value,
        asked_at=change.now,
        not_before=0.0,
        node=node,
    )
    change.session.add(row)
    return row


async def still_saves(session: AsyncSession, workspace: str, node: str) -> bool:
    """Tell whether a node may have something of a workspace that is in no restore point."""
    found = exists().where(
        RestorePointRow.workspace_id == workspace,
        RestorePointRow.node == node,
        RestorePointRow.state.in_(_OPEN),
    )
    return bool(await session.scalar(select(found)))


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Over rows, and the nodes."""

    store: Store
    nodes: Nodes
    points: AllPoints
    repositories: Repositories
    saved: dict[tuple[str, str], int] = field(default_factory=dict)
    """Node and workspace → the start whose tree is all in a restore point."""
    not_before: dict[tuple[str, str], float] = field(default_factory=dict)
    """Node and workspace → when a node that refused to free it is asked again."""
    absent: set[tuple[str, str]] = field(default_factory=set)
    """Node and workspace: a start or a restore failed there, and has left no files."""

    async def look(self) -> bool:
        """Do what is to be done now; tells whether a node is at work."""
        working = False
        if self.nodes.alone:
            return False
        await self._end_unnamed()
        for node in list(self.nodes.every.values()):
            seen = node.reconciler.observed()
            if seen is None:
                continue
            here = {one.workspace: one for one in seen.containers}
            for row in await self._moved(node.name, [*seen.contents, *here]):
                try:
                    if row.id in here:  # what is left of it there is over, or has to be
                        await node.runtime.delete(here[row.id], GRACE)
                    elif row.id in seen.contents:
                        working |= await self._ordered(node, row, seen.contents[row.id])
                except Unreachable as error:
                    _log.info("node_unanswered", node=node.name, detail=str(error))
                    break
            await self._nothing_left(node)
        return working

    async def tell(self, node: Node) -> None:
        """Have a node that was away know what has moved: it goes on with none of that."""
        held = (await node.runtime.list()).contents
        # written as a change: a move that is being made now is waited for
        async with self.store.database.write() as session:
            rows = await session.scalars(
                select(WorkspaceRow).where(
                    WorkspaceRow.id.in_([one.instance.workspace for one in held]),
                    WorkspaceRow.node != node.name,
                )
            )
            moved = [InstanceId(row.id, row.n) for row in rows.all()]
        for instance in moved:
            try:
                await node.content.seal(instance)
            except (Fenced, Refused) as error:
                _log.info("told", instance=str(instance), node=node.name, detail=str(error))

    async def _moved(self, name: str, held: list[str]) -> list[WorkspaceRow]:
        async with self.store.database.read() as session:
            rows = await session.scalars(
                select(WorkspaceRow).where(
                    WorkspaceRow.id.in_(held), WorkspaceRow.node != name, WorkspaceRow.n > 0
                )
            )
            return list(rows.all())

    async def _end_unnamed(self) -> None:
        """Wait no more for what nodes may have that the settings name no more."""
        named = ["", *self.nodes.every]
        await self._end(RestorePointRow.node.not_in(named), RestorePointRow.state.in_(_OPEN))

    async def _nothing_left(self, node: Node) -> None:
        """Let go of what a node was thought to have, and has not."""
        seen = node.reconciler.observed()
        if seen is None:
            return
        there = {one.workspace for one in seen.containers} | {
            workspace
            for workspace, tree in seen.contents.items()
            if tree.state in WHOLE or (node.name, workspace) not in self.absent
        }
        await self._end(
            RestorePointRow.node == node.name,
            RestorePointRow.state.in_(_OPEN),
            RestorePointRow.workspace_id.not_in(there),
        )

    async def _end(self, *absent: ColumnElement[bool]) -> None:
        async with self.store.database.read() as session:
            if not await session.scalar(select(exists().where(*absent))):
                return
        async with self.store.change() as change:
            for one in (await change.session.scalars(select(RestorePointRow).where(*absent))).all():
                change.touch(await change.session.get_one(WorkspaceRow, one.workspace_id))
            await change.session.execute(delete(RestorePointRow).where(*absent))

    async def _ordered(self, node: Node, row: WorkspaceRow, tree: ContentStatus) -> bool:
        turn = self.repositories.turn(row.id)
        if turn.locked():
            return False  # something is being taken out: the next look comes after that
        async with turn:
            return await self._one(node, row, tree)

    async def _one(self, node: Node, row: WorkspaceRow, tree: ContentStatus) -> bool:
        """Bring one tree a step further; tells whether its node is at work."""
        name = (node.name, row.id)
        if tree.state in WHOLE:
            self.absent.discard(name)
        if name in self.absent:
            return False
        if self.saved.get(name) == tree.instance.n:
            await self._free(node, row)
            return False
        point, fresh = await self._point(node.name, row.id)
        if not point:
            return False
        repository = await self.repositories.open(row.id)
        if repository is None:
            await self._failed(point, NO_KEY)
            return False
        try:
            status = await self._status(node, row, point, repository.key, fresh=fresh)
        except (Fenced, Refused) as error:
            await self._failed(point, replace(REFUSED, detail=str(error)))
            return False
        if status.state is BackupState.FAILED:
            problem = status.problem or REFUSED
            if problem.code == Condition.CONTENT_MISSING and tree.state not in WHOLE:
                self.absent.add(name)
            await self._failed(point, problem)
        elif status.state is BackupState.DONE and status.made is not None:
            await self._note(node, row, point, status.made)
            self.saved[name] = tree.instance.n
            await self._free(node, row)
        return status.state is BackupState.WORKING

    async def _status(
        self, node: Node, row: WorkspaceRow, point: str, key: bytes, *, fresh: bool
    ) -> BackupStatus:
        """Return how far a point is; to ask for one that has failed is to try it again."""
        points = self.points.at(node.name)
        if not fresh:
            told = (await points.sight()).backups
            known = next((one for one in told if one.point == point), None)
            if known is not None:
                return known
        # all of it: what restore points leave out has not moved with the workspace
        return await points.backup(InstanceId(row.id, row.n), point, key, left=True)

    async def _point(self, node: str, workspace: str) -> tuple[str, bool]:
        """Return the id of the point to be made, and whether an attempt begins now.

        It is empty while it waits for another attempt.
        """
        async with self.store.change() as change:
            row = await change.session.scalar(
                select(RestorePointRow).where(
                    RestorePointRow.workspace_id == workspace,
                    RestorePointRow.node == node,
                    RestorePointRow.state.in_(_OPEN),
                )
            )
            if row is None:
                await self.repositories.begin(change.session, workspace)
                row = expect(change, workspace, node)
                change.touch(await change.session.get_one(WorkspaceRow, workspace))
            if row.not_before > change.now:
                return "", False
            fresh, row.state = row.state != State.WORKING.value, State.WORKING.value
            return row.id, fresh

    async def _failed(self, point: str, problem: Problem) -> None:
        async with self.store.change() as change:
            row = await change.session.get_one(RestorePointRow, point)
            row.state, row.tries = State.FAILED.value, row.tries + 1
            row.not_before = change.now + pause(row.tries)
            row.problem = to_builtins(problem)
            change.touch(await change.session.get_one(WorkspaceRow, row.workspace_id))
        _log.warning("left_not_saved", point=point, code=problem.code, detail=problem.detail)

    async def _note(self, node: Node, row: WorkspaceRow, point: str, made: Made) -> None:
        """Note the point at once, whether the tree can be freed or not."""
        async with self.store.change() as change:
            found = await change.session.get_one(RestorePointRow, point)
            workspace = await change.session.get_one(WorkspaceRow, row.id)
            if made.point == point:
                found.state, found.problem, found.tries = State.DONE.value, None, 0
                found.made_at, found.pinned = change.now, True
                found.files, found.size, found.added = made.files, made.size, made.added
                found.files_new, found.files_changed = made.files_new, made.files_changed
                text = f"What node {node.name} still had of it is a restore point now."
                change.record(workspace, "left_saved", text)
            else:
                await change.session.delete(found)
            change.touch(workspace)

    async def _free(self, node: Node, row: WorkspaceRow) -> None:
        """Free a tree that is saved; what does not come to be is done again."""
        if self.not_before.get((node.name, row.id), 0.0) > self.store.clock.monotonic():
            return
        if await is_needed(self.store.database, self.nodes, row):
            return
        try:
            freed = await node.content.discard(row.id, row.n)
        except (Fenced, Refused) as error:  # one that cannot be freed holds up no other
            self.not_before[node.name, row.id] = self.store.clock.monotonic() + PAUSE
            _log.warning("left_stays", workspace=row.id, node=node.name, detail=str(error))
            return
        self.saved.pop((node.name, row.id), None)
        self.not_before.pop((node.name, row.id), None)
        _log.info("left_freed", workspace=row.id, node=node.name, freed=freed)
