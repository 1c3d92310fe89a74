"""What people do with restore points: list, make, pin, restore, in place or as a new workspace.

Every method asks the one access function. Nothing here waits for a node: wishes are rows,
which the loop carries out.
"""

from secrets import token_bytes

from msgspec import UNSET, convert
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.access import Action, Principal, allowed
from app.content.deciding import OPEN, Reason, State
from app.content.finding import at_once, find, made_of, point_of
from app.content.policy import Policy
from app.content.progress import Progress, Progresses
from app.content.repositories import Repositories
from app.content.structs import NewFromPoint, PointList, PointView, Whose
from app.content.wishes import wish
from app.db.content import RestorePointRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Conflict, Denied
from app.workspaces.archiving import begin_restore
from app.workspaces.service import WorkspaceService
from app.workspaces.store import Change, Store
from app.workspaces.structs import WorkspaceView
from app.workspaces.views import backup_of
from wire.ids import InstanceId, workspace_id_from
from wire.problems import Problem

MOST_ASKED = 3
"""Points of one workspace that wait to be made because somebody asked."""
_COPIED = (
    "organisation_id", "url", "ref", "kind", "number", "path", "repository", "folder", "revision",
    "branch", "checked_out", "partial", "dotfiles", "ide", "timeout", "location",
    "backup_excludes", "snapshot",
)  # fmt: skip


class RestorePoints:
    """Restore points of people's workspaces."""

    def __init__(
        self,
        store: Store,
        workspaces: WorkspaceService,
        repositories: Repositories,
        progresses: Progresses | None,
        policy: Policy,
    ) -> None:
        """`progresses` is None where no node makes points."""
        self._store = store
        self._workspaces = workspaces
        self._repositories = repositories
        self._progresses = progresses
        self.policy = policy

    @property
    def every(self) -> float:
        """Seconds between points of what runs; 0 where none are made."""
        return 0.0 if self._progresses is None else self.policy.every

    async def list(self, principal: Principal, workspace: str) -> PointList:
        """Return a workspace's points, also of a deleted one as long as it can be restored."""
        async with self._store.database.read() as session:
            row = await self._find(session, principal, Action.SEE_WORKSPACE, workspace)
            instance = await session.get(InstanceRow, str(InstanceId(row.id, row.n)))
            rows = await session.scalars(
                select(RestorePointRow)
                .where(
                    RestorePointRow.workspace_id == workspace,
                    RestorePointRow.state != State.LEAVING.value,
                )
                .order_by(
                    func.coalesce(RestorePointRow.made_at, RestorePointRow.asked_at).desc(),
                    RestorePointRow.id,
                )
            )
            return PointList(
                points=[self._view(one) for one in rows.all()],
                backup=backup_of(row, instance),
                excludes=row.backup_excludes,
                restore=self._progress(row.restoring),
            )

    async def whose(self, principal: Principal, workspace: str) -> Whose:
        """Return what pages say of the workspace."""
        async with self._store.database.read() as session:
            row = await self._find(session, principal, Action.SEE_WORKSPACE, workspace)
            instance = await session.get(InstanceRow, str(InstanceId(row.id, row.n)))
        stopped = instance is None or not instance.live
        gone = row.deleted_at is not None
        return Whose(
            row.id,
            row.name,
            stopped=stopped,
            deleted=gone,
            excludes=row.backup_excludes,
            node=row.node,
        )

    async def get(self, principal: Principal, workspace: str, point: str) -> PointView:
        """Return one; raises Missing."""
        async with self._store.database.read() as session:
            row = await self._find(session, principal, Action.SEE_WORKSPACE, workspace)
            return self._view(await point_of(session, row, point))

    async def make(self, principal: Principal, workspace: str) -> PointView:
        """Have one made now, though nothing has changed; what waits to be made is tried at once."""
        async with self._store.change() as change:
            row = await self._change(change, principal, workspace)
            there = row.content == "present" and row.deleted_at is None and row.archived_at is None
            if self._progresses is None or not there:
                raise Conflict(
                    "nothing_to_back_up",
                    "There is nothing to back up",
                    "It has no files yet, it is archived, or no restore points are made here.",
                )
            waiting = (
                await change.session.scalars(
                    select(RestorePointRow).where(
                        RestorePointRow.workspace_id == workspace,
                        RestorePointRow.state.in_([one.value for one in OPEN]),
                    )
                )
            ).all()
            for one in waiting:
                one.not_before = 0.0
            asked = [one for one in waiting if one.reason == Reason.ASKED]
            made = (
                asked[0]
                if len(asked) >= MOST_ASKED
                else await wish(change, self._repositories, workspace, Reason.ASKED)
            )
            change.touch(row)
        return self._view(made)

    async def pin(
        self, principal: Principal, workspace: str, point: str, *, pinned: bool
    ) -> PointView:
        """Keep a point for as long as its workspace is there, or no longer."""
        async with self._store.change() as change:
            row = await self._change(change, principal, workspace)
            found = await point_of(change.session, row, point)
            if found.pinned != pinned:
                found.pinned = pinned
                change.touch(row)
        return self._view(found)

    async def restore(self, principal: Principal, workspace: str, point: str) -> WorkspaceView:
        """Let a stopped workspace become what it was; what it is now is backed up first.

        Raises Conflict while it runs, is deleted, or is being restored.
        """
        async with self._store.change() as change:
            row = await self._change(change, principal, workspace)
            found = await made_of(change.session, row, point)
            instance = await change.newest(row)
            if instance is not None and instance.live:
                raise Conflict(
                    "restore_running",
                    "It is not stopped",
                    "Files cannot be replaced under programs that use them.",
                    "Stop it first, or restore into a new workspace.",
                )
            if row.wish == "deleted":
                raise Conflict("deleting", "The workspace is being deleted")
            if row.archived_at is not None and row.content == "present":
                raise Conflict(
                    "archiving",
                    "It is being archived",
                    cure="Wait until that is done, or start it to keep it.",
                )
            begin_restore(change, row, row.id, found.id, principal.user)
            await change.session.execute(at_once(workspace))
            change.record(row, "restoring", "To be restored.", principal.user)
        return await self._workspaces.get(principal, workspace)

    async def as_new(
        self, principal: Principal, workspace: str, point: str, wanted: NewFromPoint
    ) -> WorkspaceView:
        """Make another workspace that begins as what the point holds, and starts then."""
        if not allowed(principal, Action.CREATE_WORKSPACE):
            raise Denied("denied", "You may not create workspaces")
        async with self._store.change() as change:
            found = await self._find(change.session, principal, Action.READ_CONTENT, workspace)
            made = await made_of(change.session, found, point)
            name = found.name if wanted.name is UNSET else " ".join(str(wanted.name).split())
            row = _copy(found, principal.user, name or found.name, change.now)
            # its repository is where the other's node finds it
            row.node = found.node
            change.session.add(row)
            await change.session.flush()
            begin_restore(change, row, found.id, made.id, principal.user)
            text = f"From a restore point of {found.name} ({found.id})."
            change.record(row, "created", text, principal.user)
        return await self._workspaces.get(principal, row.id)

    async def _find(
        self, session: AsyncSession, principal: Principal, action: Action, workspace: str
    ) -> WorkspaceRow:
        after = self._store.clock.now() - self.policy.keep_deleted
        return await find(session, principal, action, workspace, after)

    async def _change(self, change: Change, principal: Principal, workspace: str) -> WorkspaceRow:
        return await self._find(change.session, principal, Action.CHANGE_WORKSPACE, workspace)

    def _progress(self, name: str) -> Progress | None:
        return None if self._progresses is None else self._progresses.of(name)

    def _view(self, row: RestorePointRow) -> PointView:
        return PointView(
            id=row.id,
            workspace=row.workspace_id,
            state=State(row.state),
            reason=Reason(row.reason),
            made=row.made_at,
            asked=row.asked_at,
            current=row.current_at,
            files=row.files,
            size=row.size,
            files_new=row.files_new,
            files_changed=row.files_changed,
            added=row.added,
            node=row.node,
            pinned=row.pinned,
            progress=self._progress(row.id),
            problem=None if row.problem is None else convert(row.problem, Problem),
            retries_at=row.not_before if row.state == State.FAILED else None,
        )


def _copy(source: WorkspaceRow, user: str, name: str, now: float) -> WorkspaceRow:
    return WorkspaceRow(
        id=workspace_id_from(token_bytes(16)),
        owner_id=user,
        name=name,
        variables=dict(source.variables),
        image=dict(source.image),
        port_settings={},
        trusted=source.trusted,
        wish="running",
        version=0,
        n=0,
        content="none",
        auth_epoch=0,
        created_at=now,
        phase_since=now,
        deleted_at=None,
        **{name: getattr(source, name) for name in _COPIED},
    )
