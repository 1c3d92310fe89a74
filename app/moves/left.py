"""What a node still has of workspaces that have gone on elsewhere: offered, then let go.

A node that comes back late is never asked for its tree as it is. The tree becomes a restore point
beside the others, unless everything in it is in one already; only then, and only while the
workspace has its files on its own node, is it freed. The number that goes along fences the node.
"""

from dataclasses import dataclass

import structlog
from msgspec import to_builtins
from msgspec.structs import replace
from sqlalchemy import select

from app.content.backing import REFUSED
from app.content.deciding import OPEN, Reason, State, pause
from app.content.repositories import NO_KEY, Repositories
from app.content.wishes import new_point
from app.db.content import RestorePointRow
from app.db.workspaces import WorkspaceRow
from app.moves.nodes import WHOLE, Node, Nodes
from app.runtime.nodes import AllPoints
from app.runtime.points import BackupState, BackupStatus, Made
from app.runtime.port import Fenced, Refused, Unreachable
from app.workspaces.store import Store
from wire.ids import InstanceId
from wire.problems import Problem

_log = structlog.get_logger(__name__)
GRACE = 10.0
"""Seconds between TERM and KILL of what still runs on a node that it has moved away from."""
_OPEN = [one.value for one in OPEN]


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Over rows, and the nodes."""

    store: Store
    nodes: Nodes
    points: AllPoints
    repositories: Repositories

    async def look(self) -> bool:
        """Do what is to be done now; tells whether a node is at work."""
        working = False
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
                        working |= await self._one(node, row)
                except Unreachable as error:
                    _log.info("node_unanswered", node=node.name, detail=str(error))
                    break
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

    async def _one(self, node: Node, row: WorkspaceRow) -> bool:
        """Bring one tree a step further; tells whether its node is at work."""
        point = await self._point(node.name, row.id)
        if point is None:
            return False
        repository = await self.repositories.open(row.id)
        if repository is None:
            await self._failed(point, NO_KEY)
            return False
        try:
            status = await self._status(node, row, point, repository.key)
        except (Fenced, Refused) as error:
            await self._failed(point, replace(REFUSED, detail=str(error)))
            return False
        if status.state is BackupState.FAILED:
            await self._failed(point, status.problem or REFUSED)
        elif status.state is BackupState.DONE and status.made is not None:
            if not self._is_elsewhere(row):
                return False
            await self._free(node, row, point, status.made)
        return status.state is BackupState.WORKING

    async def _status(self, node: Node, row: WorkspaceRow, point: str, key: bytes) -> BackupStatus:
        instance = InstanceId(row.id, row.n)
        # all of it: what restore points leave out has not moved with the workspace
        return await self.points.at(node.name).backup(instance, point, key)

    def _is_elsewhere(self, row: WorkspaceRow) -> bool:
        """Tell whether its own node has its files: what is left may be all that there is."""
        own = self.nodes.every.get(row.node)
        seen = None if own is None else own.reconciler.observed()
        gone = row.deleted_at is not None and row.content == "none"
        tree = None if seen is None else seen.contents.get(row.id)
        # a restore that has failed is told of as well, and has left nothing there
        there = tree is not None and tree.state in WHOLE
        return not row.restoring and (gone or there)

    async def _point(self, node: str, workspace: str) -> str | None:
        """Return the id of the point to be made; None while it waits for another attempt."""
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
                row = RestorePointRow(
                    id=new_point(),
                    workspace_id=workspace,
                    reason=Reason.LEFT.value,
                    state=State.WORKING.value,
                    asked_at=change.now,
                    node=node,
                )
                change.session.add(row)
                change.touch(await change.session.get_one(WorkspaceRow, workspace))
            return row.id if row.not_before <= change.now else None

    async def _failed(self, point: str, problem: Problem) -> None:
        async with self.store.change() as change:
            row = await change.session.get_one(RestorePointRow, point)
            row.state, row.tries = State.FAILED.value, row.tries + 1
            row.not_before = change.now + pause(row.tries)
            row.problem = to_builtins(problem)
            change.touch(await change.session.get_one(WorkspaceRow, row.workspace_id))
        _log.warning("left_not_saved", point=point, code=problem.code, detail=problem.detail)

    async def _free(self, node: Node, row: WorkspaceRow, point: str, made: Made) -> None:
        """Note the point, then free the tree: if that does not come to be, it is done again."""
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
        try:
            freed = await node.content.discard(row.id, row.n)
        except (Fenced, Refused) as error:  # one that cannot be freed holds up no other
            _log.warning("left_stays", workspace=row.id, node=node.name, detail=str(error))
            return
        _log.info("left_freed", workspace=row.id, node=node.name, freed=freed)
