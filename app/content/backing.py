"""Has restore points made: wishes for those that are due, asks the node, writes down what it says.

Nothing is kept between two looks but the rows. A point that fails is tried again for ever,
and nothing waits for it but what would destroy content.
"""

import structlog
from msgspec import to_builtins
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.content.deciding import Reason, State, due, pause
from app.content.discovering import Discovering, found
from app.content.ground import Ground
from app.content.lacking import mark_lacking
from app.content.openpoints import Open, open_points
from app.content.progress import Progress
from app.content.repositories import NO_KEY
from app.content.retention import Kept, forgotten
from app.content.wishes import OPEN_STATES, facts_of, wish, without_open
from app.db.content import RestorePointRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.runtime.points import BackupState, BackupStatus, Made
from app.runtime.port import Fenced, Refused, Unreachable
from app.workspaces.archiving import NOTHING_SAFE, note_current
from app.workspaces.store import Change
from wire.ids import InstanceId
from wire.phases import Condition
from wire.problems import Problem

_log = structlog.get_logger(__name__)
REFUSED = Problem(
    code="backup_refused",
    title="The node refused to make a restore point",
    cure="Podium tries again; the daemon's log says more.",
)


class Backing:
    """Over rows and a node's points."""

    def __init__(self, ground: Ground) -> None:
        self._store = ground.store
        self._points = ground.points
        self._repositories = ground.repositories
        self._policy = ground.policy
        self._progresses = ground.progresses
        self._discovering = Discovering(ground.store, ground.points, ground.repositories)

    async def look(self) -> bool:
        """Do what is to be done now; tells whether a node is at work."""
        await self._wish()
        rows = await self._begun()
        known: dict[str, BackupStatus] = {}
        if any(not fresh for _, fresh in rows):
            known = {one.point: one for one in (await self._points.sight()).backups}
        working = False
        away: set[str] = set()
        for one, fresh in rows:
            if one.node in away:
                continue
            try:
                working |= await self._ask(one, None if fresh else known.get(one.row.id))
            except Unreachable as error:  # the workspaces of other nodes do not wait for it
                away.add(one.node)
                _log.info("node_unanswered", node=one.node, detail=str(error))
        return working

    async def _wish(self) -> None:
        """Add a row for each point that is due."""
        now, policy = self._store.clock.now(), self._policy
        async with self._store.database.read() as session:
            found = [
                (row.id, reason)
                for row, instance in (await session.execute(without_open())).all()
                if (reason := due(facts_of(row, instance), policy.every, now, policy.check))
                is not None
            ]
        if not found:
            return
        async with self._store.change() as change:
            for workspace, reason in found:
                await wish(change, self._repositories, workspace, reason)

    async def _begun(self) -> list[tuple[Open, bool]]:
        """Return the open points whose time has come, and whether their attempt begins now.

        It is written down before the node is asked.
        """
        fresh: set[str] = set()
        async with self._store.database.read() as session:
            rows = await open_points(session, self._store.clock.now())
        if any(one.row.state != State.WORKING for one in rows):
            async with self._store.database.write() as session:
                now = self._store.clock.now()
                rows = await open_points(session, now)
                for one in rows:
                    row = one.row
                    if row.state != State.WORKING:
                        fresh.add(row.id)
                        row.state, row.asked_at = State.WORKING.value, now
                        newest = await session.get(
                            InstanceRow, str(InstanceId(row.workspace_id, one.n))
                        )
                        stopped = newest is None or not newest.live
                        row.stop = one.n if stopped else NOTHING_SAFE
        return [(one, one.row.id in fresh) for one in rows]

    async def _ask(self, one: Open, known: BackupStatus | None) -> bool:
        """Take in how far a point is; one that the node knows nothing of is asked for."""
        row = one.row
        repository = await self._repositories.open(row.workspace_id)
        if repository is None:
            await self._failed(row.id, NO_KEY)
            return False
        try:
            status = known or await self._points.backup(
                one.instance,
                row.id,
                repository.key,
                excludes=one.excludes,
                always=row.reason in {Reason.ASKED, Reason.ARCHIVE},
            )
        except (Fenced, Refused) as error:
            await self._failed(row.id, replace(REFUSED, detail=str(error)))
            return False
        if status.state is BackupState.FAILED:
            await self._failed(row.id, status.problem or REFUSED)
        elif status.state is BackupState.DONE and status.made is not None:
            self._progresses.drop(row.id)
            await self._discovering.catch_up(row.workspace_id, status.made.point)
            await self._done(row.id, status.made, status.lacking)
        else:
            progress = Progress(text=status.progress, done=status.done, total=status.total)
            self._progresses.put(row.id, progress, row.workspace_id, one.owner)
            return True
        return False

    async def _failed(self, point: str, problem: Problem) -> None:
        self._progresses.drop(point)
        if problem.code == Condition.CONTENT_MISSING:
            await self._discovering.lost(point)
        async with self._store.change() as change:
            row = await change.session.get(RestorePointRow, point)
            if row is None or row.state not in OPEN_STATES:
                return
            row.state, row.tries = State.FAILED.value, row.tries + 1
            row.not_before = change.now + pause(row.tries)
            row.problem = to_builtins(problem)
            workspace = await change.session.get_one(WorkspaceRow, row.workspace_id)
            lost = problem.code == Condition.CONTENT_MISSING and row.stop == workspace.n
            if lost and workspace.archived_at is None:
                # Nothing is there that could be lost: a restore need not wait for a point of it.
                # An archive does: a disk that is away for a while comes back with the files.
                workspace.backed_up_stop = row.stop
            if workspace.backup_problem is None:
                text = f"Not backed up: {problem.title}."
                change.record(workspace, "backup_failed", text)
            workspace.backup_problem = row.problem
            change.touch(workspace)
        _log.warning("backup_failed", point=point, code=problem.code, detail=problem.detail)

    async def _done(self, point: str, made: Made, lacking: list[str]) -> None:
        async with self._store.change() as change:
            row = await change.session.get(RestorePointRow, point)
            if row is None or row.state not in OPEN_STATES:
                return
            workspace = await change.session.get_one(WorkspaceRow, row.workspace_id)
            until, stop = row.asked_at, row.stop
            if made.point != point:
                await change.session.delete(row)
                row = await _known(change, row, made)
            row.state, row.problem, row.tries = State.DONE.value, None, 0
            await note_current(change.session, row, until)
            if row.made_at is None:
                row.made_at = until
                row.files, row.size, row.added = made.files, made.size, made.added
                row.files_new, row.files_changed = made.files_new, made.files_changed
            if workspace.backup_problem is not None:
                change.record(workspace, "backed_up", "It is backed up again.")
            workspace.backup_problem = None
            workspace.backed_up_at, workspace.backed_up_stop = until, stop
            change.touch(workspace)
            await change.session.flush()
            await mark_lacking(change, workspace, lacking)
            await self._retire(change.session, workspace, row.id)

    async def _retire(self, session: AsyncSession, workspace: WorkspaceRow, made: str) -> None:
        """Let go what the policy keeps no longer, but what was made just now, by whatever clock."""
        rows = {
            one.id: one
            for one in await session.scalars(
                select(RestorePointRow).where(
                    RestorePointRow.workspace_id == workspace.id,
                    RestorePointRow.state == State.DONE.value,
                )
            )
        }
        kept = [Kept(i, one.made_at or 0.0, one.pinned or i == made) for i, one in rows.items()]
        for point in forgotten(kept, self._policy.keep):
            rows[point].state = State.LEAVING.value


async def _known(change: Change, dropped: RestorePointRow, made: Made) -> RestorePointRow:
    """Return the row of the point that still holds everything."""
    row = await change.session.get(RestorePointRow, made.point)
    if row is None:
        row = found(made, dropped.workspace_id)
        change.session.add(row)
    return row
