"""Has workspaces restored: the node replaces their trees, their rows say when it has.

A workspace that is to be replaced by an older state of itself is backed up first; where that
fails nothing is replaced. While it is being restored it does not start; a wish to start is
kept until it is done.
"""

import structlog
from msgspec import convert, to_builtins
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.content.deciding import State, pause
from app.content.discovering import Discovering
from app.content.ground import Ground
from app.content.progress import Progress
from app.content.repositories import NO_KEY
from app.content.retrying import is_brought
from app.content.wishes import OPEN_STATES
from app.db.content import RestorePointRow, RestoreRow
from app.db.installation import restored_at
from app.db.workspaces import WorkspaceRow
from app.runtime.points import Repository
from app.runtime.port import ContentState, ContentStatus, Fenced, Refused, Unreachable
from app.workspaces.archiving import NOTHING_SAFE, note_current
from app.workspaces.standing import has_live, holder, safe
from wire.ids import InstanceId
from wire.problems import Problem

_log = structlog.get_logger(__name__)
REFUSED = Problem(
    code="restore_refused",
    title="The node refused to restore it",
    cure="Try again; the daemon's log says more.",
)

LEFT_THERE = Problem(
    code="left_there",
    title="The node still has something of it that is in no restore point",
    cure="Podium saves that first; try again then.",
)


class Restoring:
    """Over rows and a node's points."""

    def __init__(self, ground: Ground) -> None:
        self._store = ground.store
        self._points = ground.points
        self._repositories = ground.repositories
        self._progresses = ground.progresses
        self._discovering = Discovering(ground.store, ground.points, ground.repositories)

    async def look(self) -> bool:
        """Do what is to be done now; tells whether a node is at work."""
        for name, problem in await self._held_up():
            await self._failed(name, problem)
        async with self._store.database.read() as session:
            found = await session.execute(
                select(RestoreRow, WorkspaceRow)
                .join(WorkspaceRow, WorkspaceRow.restoring == RestoreRow.id)
                .where(~has_live(), safe())
            )
            rows = list(found.all())
            if not rows:
                return False
            left = await _left(session, [row.id for _, row in rows])
            older = await restored_at(session) is not None
        sight = await self._points.sight()
        known = {one.restored: one for one in sight.contents}
        working = False
        away: set[str] = set()
        for restore, row in rows:
            if row.node in away or not sight.told(row.node):
                continue  # nobody knows what it would be put over
            tree = sight.tree(row.node, row.id)
            # where it is said to have no files: whatever there is of it was left there, or the
            # database, out of a backup, does not know of it
            other = row.content == "none" and tree is not None and tree.restored != restore.id
            to_save = row.id in left.get(row.node, ())
            its_own = _is_archived(row) or ((older or sight.nodes is None) and not to_save)
            if other and tree is not None and its_own:
                await self._found(restore.id, tree)
                continue
            if other or to_save:
                await self._failed(restore.id, replace(LEFT_THERE, detail=f"Node {row.node}."))
                continue
            try:
                if row.content == "none" and restore.id not in known:
                    await self._renew(restore)
                working |= await self._ask(restore, row, known.get(restore.id))
            except Unreachable as error:
                away.add(row.node)
                _log.info("node_unanswered", node=row.node, detail=str(error))
        return working

    async def _held_up(self) -> list[tuple[str, Problem]]:
        """Return restores of workspaces that cannot be backed up first, and why.

        They fail: a workspace that waited would not start until there is space again.
        """
        async with self._store.database.read() as session:
            found = await session.execute(
                select(RestoreRow.id, RestorePointRow.problem)
                .join(WorkspaceRow, WorkspaceRow.restoring == RestoreRow.id)
                .join(RestorePointRow, RestorePointRow.workspace_id == WorkspaceRow.id)
                .where(
                    ~has_live(),
                    ~safe(),
                    RestorePointRow.state == State.FAILED.value,
                    RestorePointRow.asked_at >= RestoreRow.asked_at,
                    RestorePointRow.node == "",
                )
            )
            return [(name, _first(convert(why, Problem))) for name, why in found.all()]

    async def _ask(
        self, restore: RestoreRow, row: WorkspaceRow, known: ContentStatus | None
    ) -> bool:
        """Take in how far a restore is; one that the node knows nothing of is asked for."""
        repository = await self._repositories.open(restore.source_id)
        if repository is None:
            await self._failed(restore.id, NO_KEY)
            return False
        try:
            status = known or await self._call(restore, row, repository)
        except (Fenced, Refused) as error:
            await self._failed(restore.id, replace(REFUSED, detail=str(error)))
            return False
        if status.state is ContentState.FAILED:
            await self._failed(restore.id, status.problem or REFUSED)
        elif status.state is ContentState.SEALED and status.restored == restore.id:
            await self._done(restore.id)
        else:
            progress = Progress(text=status.progress, done=status.done, total=status.total)
            self._progresses.put(restore.id, progress, row.id, row.owner_id)
            return True
        return False

    async def _renew(self, restore: RestoreRow) -> None:
        """Let what comes back, and has nothing that could be lost, be the newest there is."""
        if restore.source_id != restore.workspace_id:
            return
        newest = await self._discovering.newest(restore.workspace_id, restore.point_id)
        if newest == restore.point_id:
            return
        async with self._store.change() as change:
            found = await change.session.get_one(RestoreRow, restore.id)
            row = await change.session.get_one(WorkspaceRow, found.workspace_id)
            found.point_id = restore.point_id = newest
            change.record(row, "restoring", "From a newer restore point that nobody knew of.")

    async def _call(
        self, restore: RestoreRow, row: WorkspaceRow, repository: Repository
    ) -> ContentStatus:
        return await self._points.restore(
            InstanceId(row.id, _number(row)), restore.id, repository, restore.point_id
        )

    async def _done(self, restore: str) -> None:
        self._progresses.drop(restore)
        async with self._store.change() as change:
            found = await change.session.get_one(RestoreRow, restore)
            row = await change.session.get_one(WorkspaceRow, found.workspace_id)
            if row.restoring != restore:
                return
            if row.archived_at is not None:
                row.archived_at, row.phase_since = None, change.now  # it was used just now
            row.held = _number(row)
            found.state, row.restoring, row.content = "done", "", "present"
            if found.source_id == row.id:
                # What is there now is in a point, and is written to by nobody.
                row.backed_up_at, row.backed_up_stop = change.now, row.n
                row.backup_problem = None
                point = await change.session.get(RestorePointRow, found.point_id)
                if point is not None:
                    await note_current(change.session, point, change.now)
            change.touch(row)
            change.record(row, "restored", "Its files are what the restore point held.")
        _log.info("restored", workspace=found.workspace_id, point=found.point_id)

    async def _found(self, restore: str, tree: ContentStatus) -> None:
        """Take in files that the node still has of what it was to have none of.

        It was archived or deleted, and no point may hold them: a platform that was restored from
        a backup knows nothing of what was opened or brought back since.
        """
        async with self._store.change() as change:
            found = await change.session.get_one(RestoreRow, restore)
            row = await change.session.get_one(WorkspaceRow, found.workspace_id)
            if row.restoring != restore or row.content != "none":
                return
            found.state, row.restoring, row.archived_at = "failed", "", None
            row.content, row.held = "present", max(row.held, tree.instance.n)
            row.backed_up_stop, row.phase_since = NOTHING_SAFE, change.now
            change.touch(row)
            change.record(row, "files_found", "Its files are still on the node: they stay.")
        _log.warning("files_found", workspace=row.id, instance=str(tree.instance))

    async def _failed(self, restore: str, problem: Problem) -> None:
        self._progresses.drop(restore)
        async with self._store.change() as change:
            found = await change.session.get_one(RestoreRow, restore)
            row = await change.session.get_one(WorkspaceRow, found.workspace_id)
            if row.restoring != restore:
                return
            found.state, found.problem = "failed", to_builtins(problem)
            found.tries, row.restoring = found.tries + 1, ""
            found.not_before = change.now + pause(found.tries)
            if is_brought(row, found):
                row.restore_problem = found.problem  # the wish to start stays until it is there
            elif row.wish == "running":
                row.wish = "stopped"
            change.touch(row)
            if found.tries == 1:
                text = f"Not restored: {problem.title}. {problem.detail}".strip()
                change.record(row, "restore_failed", text)
        _log.warning("restore_failed", restore=restore, code=problem.code, detail=problem.detail)


async def _left(session: AsyncSession, workspaces: list[str]) -> dict[str, set[str]]:
    """Return of each node the workspaces of which it may have something that is not saved."""
    rows = await session.execute(
        select(RestorePointRow.node, RestorePointRow.workspace_id).where(
            RestorePointRow.workspace_id.in_(workspaces),
            RestorePointRow.node != "",
            RestorePointRow.state.in_(OPEN_STATES),
        )
    )
    found: dict[str, set[str]] = {}
    for node, workspace in rows.all():
        found.setdefault(node, set()).add(workspace)
    return found


def _is_archived(row: WorkspaceRow) -> bool:
    return row.archived_at is not None and row.content == "none"


def _number(row: WorkspaceRow) -> int:
    """Return the number of a restore; a tree that is not there yet is the next start's."""
    held = holder(row).n
    return held if row.content == "present" else held + 1


def _first(problem: Problem) -> Problem:
    return replace(problem, title=f"What it is now could not be backed up first: {problem.title}")
