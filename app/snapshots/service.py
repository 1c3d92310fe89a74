"""What people do with snapshots: make, list, delete, and open one as a workspace of theirs.

Every method asks the one access function. Nothing here waits for a node.
"""

import builtins
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from msgspec import convert
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import trust
from app.accounts.access import Action, Principal, Resource, Shared, allowed
from app.db.accounts import UserRow
from app.db.snapshots import SnapshotRow
from app.db.workspaces import WorkspaceRow
from app.faults import Conflict, Denied
from app.runtime.snapshots import Snapshots as Node
from app.snapshots import refusing
from app.snapshots.beginning import begun, context_of
from app.snapshots.freezing import MISSING, Freezing
from app.snapshots.structs import (
    FOR_EVER,
    CreateSnapshot,
    OpenSnapshot,
    SnapshotView,
    State,
)
from app.workspaces.owned import own, owned
from app.workspaces.service import WorkspaceService
from app.workspaces.store import Change, Store
from app.workspaces.structs import WorkspaceView
from app.workspaces.trusting import begin, key_of, snapshot_key
from kit.durations import seconds_of
from wire.hosts import Hosts
from wire.problems import Problem

MOST: Final = 20
"""Snapshots of one workspace at a time."""
MOST_OF_PERSON: Final = 100
LONGEST: Final = 366 * 24 * 3600.0


class Snapshots:
    """Snapshots of people's workspaces."""

    def __init__(
        self,
        store: Store,
        hosts: Hosts,
        workspaces: WorkspaceService,
        node: Node | None,
        most: int = MOST_OF_PERSON,
        begins_not: Callable[[str], str] = lambda _node: "",
    ) -> None:
        """`node` is None where none keeps snapshots; `most` is how many a person may have.

        `begins_not` tells why no workspace begins on a node; empty when one may.
        """
        self._most = most
        self._begins_not = begins_not
        self._store = store
        self._hosts = hosts
        self._workspaces = workspaces
        self.freezing = None if node is None else Freezing(store, node)

    async def create(
        self, principal: Principal, workspace: str, wanted: CreateSnapshot
    ) -> SnapshotView:
        """Have a workspace's files kept as they are now; raises Missing, Malformed, Conflict."""
        async with self._store.change() as change:
            row, _newest = await own(change, principal, Action.MAKE_SNAPSHOT, workspace)
            made = await self._wish(change, row, wanted)
            return await self._view(change.session, row.owner_id, made)

    async def create_inside(self, workspace: str, wanted: CreateSnapshot) -> SnapshotView:
        """Do the same for a program in the workspace, which its caller has made sure of."""
        async with self._store.change() as change:
            row = await change.session.get_one(WorkspaceRow, workspace)
            made = await self._wish(change, row, wanted)
            return await self._view(change.session, row.owner_id, made)

    async def look_inside(self, workspace: str, snapshot: str) -> SnapshotView:
        """Return one of the workspace that a program in it has asked for; raises Missing."""
        async with self._store.database.read() as session:
            row = await session.get(SnapshotRow, snapshot)
            if row is None or row.workspace_id != workspace or row.state == State.LEAVING:
                raise refusing.unknown()
            return await self._view(session, row.owner_id, row)

    async def _wish(self, change: Change, row: WorkspaceRow, wanted: CreateSnapshot) -> SnapshotRow:
        lasts = _lasts(wanted.lasts)
        there = row.content == "present" and row.wish != "deleted" and row.archived_at is None
        if self.freezing is None or not there:
            raise Conflict(
                "nothing_to_keep",
                "There are no files to make a snapshot of",
                cure="Start the workspace first, and wait until its code is there.",
            )
        if await _count(change.session, SnapshotRow.workspace_id == row.id) >= MOST:
            raise refusing.too_many(f"A workspace may have {MOST}.")
        if await _count(change.session, SnapshotRow.owner_id == row.owner_id) >= self._most:
            raise refusing.too_many(f"A person may have {self._most}, of all workspaces.")
        made = SnapshotRow(
            id=str(uuid4()),
            workspace_id=row.id,
            owner_id=row.owner_id,
            organisation_id=row.organisation_id,
            name=_plain(wanted.name) or _plain(row.name),
            access=wanted.access.value,
            state=State.WANTED.value,
            created_at=change.now,
            expires_at=None if lasts is None else change.now + lasts,
            context=context_of(row),
            node=row.node,
            files=0,
            size=0,
            opened=0,
            tries=0,
            not_before=0.0,
        )
        change.session.add(made)
        change.touch(row)
        text = f"A snapshot, {made.name}, is being made."
        change.record(row, "snapshot", text, row.owner_id)
        await change.session.flush()
        return made

    async def of_workspace(
        self, principal: Principal, workspace: str
    ) -> builtins.list[SnapshotView]:
        """Return a workspace's snapshots, newest first; raises Missing."""
        async with self._store.database.read() as session:
            row = await session.get(WorkspaceRow, workspace)
            owned(principal, Action.SEE_WORKSPACE, row)
            return await self._list(session, principal, SnapshotRow.workspace_id == workspace)

    async def list(self, principal: Principal) -> builtins.list[SnapshotView]:
        """Return one's own snapshots and those for everybody here, newest first."""
        if not allowed(principal, Action.LIST_OWN):
            raise Denied("denied", "You may not list snapshots")
        mine = SnapshotRow.owner_id == principal.user
        shared = (SnapshotRow.access == Shared.PEOPLE.value) & (
            SnapshotRow.state == State.DONE.value
        )
        async with self._store.database.read() as session:
            return await self._list(session, principal, or_(mine, shared))

    async def mine(self, principal: Principal) -> builtins.list[SnapshotView]:
        """Return one's own snapshots, also of workspaces that are deleted, newest first."""
        return [one for one in await self.list(principal) if one.mine]

    async def get(self, principal: Principal, snapshot: str) -> SnapshotView:
        """Return one that may be opened; raises Missing."""
        async with self._store.database.read() as session:
            row = await self._find(session, principal, Action.OPEN_SNAPSHOT, snapshot)
            return await self._view(session, principal.user, row)

    async def delete(self, principal: Principal, snapshot: str) -> None:
        """Let nobody open it any more; workspaces that began as it stay. Raises Missing."""
        async with self._store.change() as change:
            row = await self._find(change.session, principal, Action.CHANGE_SNAPSHOT, snapshot)
            row.state = State.LEAVING.value
            workspace = await change.session.get_one(WorkspaceRow, row.workspace_id)
            change.touch(workspace)
            text = f"The snapshot {row.name} is deleted."
            change.record(workspace, "snapshot_deleted", text, principal.user)

    async def open(
        self, principal: Principal, snapshot: str, wanted: OpenSnapshot
    ) -> WorkspaceView:
        """Make a workspace of one's own that begins as the snapshot, and start it."""
        if not allowed(principal, Action.CREATE_WORKSPACE) or not principal.organisations:
            raise Denied("denied", "You may not create workspaces")
        async with self._store.change() as change:
            found = await self._find(change.session, principal, Action.OPEN_SNAPSHOT, snapshot)
            if found.state != State.DONE:
                raise Conflict(
                    "snapshot_not_made",
                    "The snapshot is not made yet",
                    cure="Wait a moment, then open it again.",
                )
            if found.problem is not None:
                raise Conflict(MISSING.code, MISSING.title, MISSING.detail, MISSING.cure)
            if why := self._begins_not(found.node):
                raise refusing.away(found.node, why)
            if wanted.trust or await self._own_trusted(change, principal, found):
                key = snapshot_key(found.context["url"], found.id)
                await trust.trust(change.session, principal.user, key, change.now)
            row = begun(found, principal, change.now)
            change.session.add(row)
            await change.session.flush()
            await begin(change, row, self._store.secrets)
            found.opened += 1
            change.touch(row)
            text = f"From the snapshot {found.name}."
            change.record(row, "created", text, principal.user)
        return await self._workspaces.get(principal, row.id)

    async def _own_trusted(self, change: Change, principal: Principal, found: SnapshotRow) -> bool:
        """Tell whether it is of one's own workspace, whose code is trusted, also now.

        A deleted workspace's row says what was then.
        """
        source = await change.session.get(WorkspaceRow, found.workspace_id)
        if source is None or source.owner_id != principal.user or not source.trusted:
            return False
        return await trust.is_trusted(change.session, principal.user, key_of(source))

    async def _find(
        self, session: AsyncSession, principal: Principal, action: Action, snapshot: str
    ) -> SnapshotRow:
        row = await session.get(SnapshotRow, snapshot)
        if row is not None:
            resource = Resource(row.owner_id, row.organisation_id, shared=Shared(row.access))
            ended = row.expires_at is not None and row.expires_at <= self._store.clock.now()
            if allowed(principal, action, resource) and row.state != State.LEAVING and not ended:
                return row
        raise refusing.unknown()

    async def _list(
        self, session: AsyncSession, principal: Principal, which: Any
    ) -> builtins.list[SnapshotView]:
        now = self._store.clock.now()
        rows = await session.scalars(
            select(SnapshotRow)
            .where(
                which,
                SnapshotRow.state != State.LEAVING.value,
                or_(SnapshotRow.expires_at.is_(None), SnapshotRow.expires_at > now),
            )
            .order_by(SnapshotRow.created_at.desc(), SnapshotRow.id)
        )
        return [await self._view(session, principal.user, row) for row in rows.all()]

    async def _view(self, session: AsyncSession, user: str, row: SnapshotRow) -> SnapshotView:
        mine = row.owner_id == user
        owner = await session.get_one(UserRow, row.owner_id)
        return SnapshotView(
            id=row.id,
            url=f"{self._hosts.dashboard}/#snapshot/{row.id}",
            name=row.name,
            mine=mine,
            owner=owner.name,
            workspace=row.workspace_id if mine else "",
            repository=row.context["repository"],
            branch=row.context["branch"],
            access=Shared(row.access),
            state=State(row.state),
            created=row.created_at,
            expires=row.expires_at,
            files=row.files,
            size=row.size,
            opened=row.opened,
            problem=None if row.problem is None else convert(row.problem, Problem),
        )


async def _count(session: AsyncSession, whose: ColumnElement[bool]) -> int:
    found = await session.scalar(
        select(func.count()).where(whose, SnapshotRow.state != State.LEAVING.value)
    )
    return int(found or 0)


def _plain(name: str) -> str:
    """Return a name that other people's terminals may be given."""
    return " ".join("".join(one if one.isprintable() else " " for one in name).split())


def _lasts(text: str) -> float | None:
    if text == FOR_EVER:
        return None
    try:
        seconds = seconds_of(text)
    except ValueError as error:
        raise refusing.invalid_time() from error
    if not 0 < seconds <= LONGEST:
        raise refusing.invalid_time()
    return seconds
