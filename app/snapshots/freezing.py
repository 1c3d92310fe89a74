"""Has snapshots made and let go, from rows alone: asks the node, writes down what it says."""

from dataclasses import dataclass

import structlog
from msgspec import to_builtins
from msgspec.structs import replace
from sqlalchemy import delete, select, update

from app.content.deciding import pause
from app.db.snapshots import SnapshotRow
from app.db.workspaces import WorkspaceRow
from app.runtime.port import Fenced, Refused, Unreachable
from app.runtime.snapshots import FrozenState, FrozenStatus, Snapshots
from app.snapshots.structs import State
from app.workspaces.standing import holder
from app.workspaces.store import Store
from wire.ids import InstanceId
from wire.problems import Problem

_log = structlog.get_logger(__name__)
REFUSED = Problem(
    code="snapshot_refused",
    title="The node refused to make the snapshot",
    cure="Podium tries again; the daemon's log says more.",
)
MISSING = Problem(
    code="snapshot_missing",
    title="The snapshot is not on this machine",
    detail="Its files went with a disk that was lost.",
    cure="Bring the folder `content/.frozen` back, or delete the snapshot; workspaces that began "
    "as it come back from their restore points.",
)
CHECKED = 600.0
"""Seconds between looks whether what is made is still there."""
GONE = Problem(
    code="snapshot_source_gone",
    title="Its workspace was deleted before the snapshot was made",
    cure="Delete the snapshot.",
)


@dataclass(frozen=True, slots=True)
class _Wanted:
    snapshot: str
    instance: InstanceId | None
    """None: its workspace has no files any more."""
    node: str


class Freezing:
    """Over rows and a node's frozen trees."""

    def __init__(self, store: Store, snapshots: Snapshots) -> None:
        self._store = store
        self._snapshots = snapshots
        self._checked: dict[str, float] = {}

    async def look(self) -> bool:
        """Do what is to be done now; tells whether the node is at work."""
        await self._expire()
        for snapshot in await self._leaving():
            try:
                await self._let_go(snapshot)
            except Unreachable as error:  # that of another node goes all the same
                _log.info("node_unanswered", snapshot=snapshot, detail=str(error))
        working = False
        await self._follow()
        await self._check()
        wanted = await self._wanted()
        seen = await self._snapshots.sight() if wanted else []
        for one in wanted:
            here = (it for it in seen if it.snapshot == one.snapshot)
            known = next((it for it in here if it.node in {"", one.node}), None)
            try:
                working |= await self._ask(one, known)
            except Unreachable as error:
                _log.info("node_unanswered", snapshot=one.snapshot, detail=str(error))
        return working

    async def _follow(self) -> None:
        """Let what is not made yet be of the node that has its workspace's files now."""
        node = (
            select(WorkspaceRow.node)
            .where(WorkspaceRow.id == SnapshotRow.workspace_id)
            .scalar_subquery()
        )
        moved = (
            SnapshotRow.state.in_([State.WANTED.value, State.FAILED.value]),
            SnapshotRow.node != node,
        )
        async with self._store.database.read() as session:
            if (await session.scalar(select(SnapshotRow.id).where(*moved).limit(1))) is None:
                return
        async with self._store.database.write() as session:
            await session.execute(
                update(SnapshotRow)
                .where(*moved)
                .values(node=node)
                .execution_options(synchronize_session=False)
            )

    async def _check(self) -> None:
        """Say of what was made that it is missing, or is there again.

        Disks get lost, and a platform out of a backup knows of snapshots that went with one.
        """
        now = self._store.clock.monotonic()
        fresh = [node for node, at in self._checked.items() if now - at < CHECKED]
        made = SnapshotRow.state == State.DONE.value
        async with self._store.database.read() as session:
            due = select(SnapshotRow.node).where(made, SnapshotRow.node.not_in(fresh)).distinct()
            nodes = (await session.scalars(due)).all()
        for node in nodes:
            try:
                seen = await self._snapshots.sight(node)
            except Unreachable as error:  # nobody knows what is there
                _log.info("node_unanswered", node=node, detail=str(error))
                continue
            self._checked[node] = now
            there = {one.snapshot for one in seen if one.state is FrozenState.DONE}
            async with self._store.database.read() as session:
                told = select(SnapshotRow.id, SnapshotRow.problem.is_not(None))
                rows = (await session.execute(told.where(made, SnapshotRow.node == node))).all()
            for snapshot, missing in rows:
                if (snapshot in there) is missing:
                    await self._note(snapshot, there=snapshot in there)

    async def _note(self, snapshot: str, *, there: bool) -> None:
        async with self._store.change() as change:
            row = await change.session.get(SnapshotRow, snapshot)
            if row is None or row.state != State.DONE:
                return
            row.problem = None if there else to_builtins(MISSING)
            change.touch(await change.session.get_one(WorkspaceRow, row.workspace_id))
        _log.warning("snapshot_checked", snapshot=snapshot, there=there)

    async def _expire(self) -> None:
        now = self._store.clock.now()
        ended = (SnapshotRow.expires_at <= now, SnapshotRow.state != State.LEAVING.value)
        async with self._store.database.read() as session:
            found = await session.scalar(select(SnapshotRow.id).where(*ended).limit(1))
        if found is not None:
            async with self._store.database.write() as session:
                gone = update(SnapshotRow).where(*ended).values(state=State.LEAVING.value)
                await session.execute(gone)

    async def _leaving(self) -> list[str]:
        """Return what nobody may open any more, and nobody is about to begin as."""
        # what is archived, or moves, comes back from its own restore points
        about = select(WorkspaceRow.snapshot).where(
            WorkspaceRow.content == "none",
            WorkspaceRow.deleted_at.is_(None),
            WorkspaceRow.archived_at.is_(None),
            WorkspaceRow.restoring == "",
        )
        async with self._store.database.read() as session:
            found = await session.scalars(
                select(SnapshotRow.id).where(
                    SnapshotRow.state == State.LEAVING.value, SnapshotRow.id.not_in(about)
                )
            )
            return list(found.all())

    async def _let_go(self, snapshot: str) -> None:
        try:
            freed = await self._snapshots.let_go(snapshot)
        except (Fenced, Refused) as error:
            _log.warning("snapshot_stays", snapshot=snapshot, detail=str(error))
            return
        async with self._store.database.write() as session:
            await session.execute(delete(SnapshotRow).where(SnapshotRow.id == snapshot))
        _log.info("snapshot_gone", snapshot=snapshot, freed=freed)

    async def _wanted(self) -> list[_Wanted]:
        async with self._store.database.read() as session:
            found = await session.execute(
                select(SnapshotRow, WorkspaceRow)
                .join(WorkspaceRow, WorkspaceRow.id == SnapshotRow.workspace_id)
                .where(
                    SnapshotRow.state.in_([State.WANTED.value, State.FAILED.value]),
                    SnapshotRow.not_before <= self._store.clock.now(),
                )
                .order_by(SnapshotRow.created_at, SnapshotRow.id)
            )
            return [
                _Wanted(
                    row.id,
                    holder(workspace) if workspace.content == "present" else None,
                    row.node,
                )
                for row, workspace in found.all()
            ]

    async def _ask(self, wanted: _Wanted, known: FrozenStatus | None) -> bool:
        if (
            known is not None
            and known.state is FrozenState.FAILED
            and not await self._again(wanted)
        ):
            await self._failed(wanted.snapshot, known.problem or REFUSED)
            return False
        if known is None or known.state is FrozenState.FAILED:
            if wanted.instance is None:
                await self._failed(wanted.snapshot, GONE)
                return False
            try:
                known = await self._snapshots.freeze(wanted.instance, wanted.snapshot)
            except (Fenced, Refused) as error:
                await self._failed(wanted.snapshot, replace(REFUSED, detail=str(error)))
                return False
        if known.state is FrozenState.DONE:
            await self._done(known)
            return False
        return True

    async def _again(self, wanted: _Wanted) -> bool:
        """Tell whether the row has taken in that it failed, and its pause is over."""
        async with self._store.database.write() as session:
            row = await session.get(SnapshotRow, wanted.snapshot)
            if row is None or row.state != State.FAILED:
                return False
            row.state = State.WANTED.value
            return True

    async def _done(self, made: FrozenStatus) -> None:
        async with self._store.change() as change:
            row = await change.session.get(SnapshotRow, made.snapshot)
            if row is None or row.state not in {State.WANTED, State.FAILED}:
                return
            row.state, row.problem = State.DONE.value, None
            row.files, row.size = made.files, made.size
            workspace = await change.session.get_one(WorkspaceRow, row.workspace_id)
            change.touch(workspace)
            text = f"The snapshot {row.name} is made."
            change.record(workspace, "snapshot_made", text, row.owner_id)

    async def _failed(self, snapshot: str, problem: Problem) -> None:
        async with self._store.change() as change:
            row = await change.session.get(SnapshotRow, snapshot)
            if row is None or row.state not in {State.WANTED, State.FAILED}:
                return
            row.state, row.tries = State.FAILED.value, row.tries + 1
            row.not_before = change.now + pause(row.tries)
            row.problem = to_builtins(problem)
            change.touch(await change.session.get_one(WorkspaceRow, row.workspace_id))
        _log.warning("snapshot_failed", snapshot=snapshot, code=problem.code)
