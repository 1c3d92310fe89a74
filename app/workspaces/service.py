"""What people can do with workspaces; pages, API and live updates all come through here.

Every method asks the one access function. A workspace that does not exist and
one that belongs to somebody else are refused with the same words.
"""

import asyncio
import builtins
from collections.abc import Callable
from hashlib import sha256

from msgspec import json
from sqlalchemy import func, select

from app.accounts import trust
from app.accounts.access import Action, Principal, allowed
from app.db.accounts import UserRow
from app.db.workspaces import EventRow, IdempotencyRow, InstanceRow, WorkspaceRow
from app.faults import Conflict, Denied, Malformed
from app.workspaces import ports
from app.workspaces.history import as_text
from app.workspaces.ides import chosen
from app.workspaces.lifecycle import Event
from app.workspaces.making import row_of
from app.workspaces.owned import Pair, own, owned
from app.workspaces.preview import Preview, Recent, same
from app.workspaces.repository import Repository
from app.workspaces.starting import start
from app.workspaces.store import Change, Store
from app.workspaces.structs import CreateWorkspace, EventView, PortSettings, WorkspaceView
from app.workspaces.transitions import happen
from app.workspaces.trusting import begin, decide
from app.workspaces.views import event_view, workspace_view
from wire.hosts import Hosts
from wire.ids import InstanceId, is_workspace_id
from wire.phases import StopReason

MAX_WAIT = 30.0
"""Seconds a long poll may last; fronts close idle connections after a minute."""
MAX_KEY = 200
_HISTORY = 500
_RECENT = 5
_HIGHEST_PORT = 65535


class WorkspaceService:
    """Workspaces of people; `parse` reads a URL by the installation's rules."""

    def __init__(self, store: Store, hosts: Hosts, parse: Callable[[str, str], Repository]) -> None:
        self._store = store
        self._hosts = hosts
        self._parse = parse

    async def preview(self, principal: Principal, url: str, ref: str = "") -> Preview:
        """Return what opening a URL would mean; raises Malformed with code, cause and cure."""
        repository = self._parse(url, ref)
        own = [one for one in await self.list(principal) if same(one, repository)]
        async with self._store.database.read() as session:
            trusted = await trust.is_trusted(session, principal.user, repository.trust_key)
        return Preview(repository, trusted, own)

    async def recent(self, principal: Principal) -> builtins.list[Recent]:
        """Return the repositories one opened last, newest first, at most five."""
        if not allowed(principal, Action.LIST_OWN):
            raise Denied("denied", "You may not list workspaces")
        last = func.max(WorkspaceRow.created_at)
        async with self._store.database.read() as session:
            found = await session.execute(
                select(WorkspaceRow.url, WorkspaceRow.repository)
                .where(WorkspaceRow.owner_id == principal.user)
                .group_by(WorkspaceRow.url, WorkspaceRow.repository)
                .order_by(last.desc())
                .limit(_RECENT)
            )
            return [Recent(url, repository) for url, repository in found.all()]

    async def create(
        self, principal: Principal, wanted: CreateWorkspace, idempotency_key: str = ""
    ) -> WorkspaceView:
        """Make a workspace and its first start; the same key makes it once.

        Raises Malformed for a URL or ref that cannot be used, Conflict when the
        key was used for another request.
        """
        if not allowed(principal, Action.CREATE_WORKSPACE) or not principal.organisations:
            raise Denied("denied", "You may not create workspaces")
        if len(idempotency_key) > MAX_KEY:
            raise Malformed("key_too_long", f"Idempotency-Key has more than {MAX_KEY} characters")
        repository = self._parse(wanted.url, wanted.ref)
        digest = sha256(json.encode(wanted)).hexdigest()
        async with self._store.change() as change:
            row = await _made_before(change, principal.user, idempotency_key, digest)
            if row is None:
                row = await self._make(change, principal, repository, wanted)
                if idempotency_key:
                    change.session.add(
                        IdempotencyRow(
                            user_id=principal.user,
                            key=idempotency_key,
                            digest=digest,
                            workspace_id=row.id,
                            created_at=change.now,
                        )
                    )
            instance = await change.newest(row)
        return workspace_view(row, instance, self._hosts, self._store.ides)

    async def get(self, principal: Principal, workspace: str) -> WorkspaceView:
        """Return a workspace; raises Missing."""
        row, instance = await self._read(principal, Action.SEE_WORKSPACE, workspace)
        return workspace_view(row, instance, self._hosts, self._store.ides)

    async def list(self, principal: Principal) -> builtins.list[WorkspaceView]:
        """Return one's own workspaces, newest first."""
        if not allowed(principal, Action.LIST_OWN):
            raise Denied("denied", "You may not list workspaces")
        async with self._store.database.read() as session:
            found = await session.execute(
                select(WorkspaceRow, InstanceRow)
                .outerjoin(
                    InstanceRow,
                    (InstanceRow.workspace_id == WorkspaceRow.id)
                    & (InstanceRow.n == WorkspaceRow.n),
                )
                .where(WorkspaceRow.owner_id == principal.user, WorkspaceRow.deleted_at.is_(None))
                .order_by(WorkspaceRow.created_at.desc(), WorkspaceRow.id)
            )
            return [
                workspace_view(row, one, self._hosts, self._store.ides) for row, one in found.all()
            ]

    async def start(
        self, principal: Principal, workspace: str, *, partial: bool = False
    ) -> WorkspaceView:
        """Make sure that it runs; what runs is returned as it is.

        While it stops, the wish is kept: it starts when it has stopped. `partial` leaves
        old versions of files on the git host, as long as nothing has been cloned yet.
        """
        async with self._store.change() as change:
            row, instance = await own(change, principal, Action.CHANGE_WORKSPACE, workspace)
            if partial and row.content == "none" and not row.partial:
                row.partial = True
                change.touch(row)
            instance = await start(change, row, instance, self._store.secrets, principal.user)
        return workspace_view(row, instance, self._hosts, self._store.ides)

    async def stop(
        self, principal: Principal, workspace: str, *, force: bool = False
    ) -> WorkspaceView:
        """Make sure that it stops; `force` gives the start up, whatever its node says."""
        async with self._store.change() as change:
            row, instance = await own(change, principal, Action.CHANGE_WORKSPACE, workspace)
            if row.wish == "running":
                row.wish = "stopped"
                change.touch(row)
            if instance is not None:
                event = Event.FORCE if force else Event.STOP_ASKED
                happen(change, row, instance, event, actor=principal.user)
        return workspace_view(row, instance, self._hosts, self._store.ides)

    async def delete(
        self, principal: Principal, workspace: str, *, force: bool = False
    ) -> WorkspaceView:
        """Make sure that it stops and its content is freed for good.

        `force` takes it away at once, also one that is deleted and waits for its last restore
        point; its node frees the content when it answers.
        """
        async with self._store.change() as change:
            row, instance = await own(
                change, principal, Action.DELETE_WORKSPACE, workspace, deleted=force
            )
            if row.wish != "deleted":
                row.wish = "deleted"
                change.touch(row)
                change.record(row, "deleting", "To be deleted with its content.", principal.user)
            if instance is not None:
                deleted, actor = StopReason.DELETED, principal.user
                event = Event.FORCE if force else Event.STOP_ASKED
                happen(change, row, instance, event, actor=actor, reason=deleted)
            if force:
                row.deleted_at = row.deleted_at or change.now
                row.content, row.given_up = "present", True
                change.touch(row)
                change.record(row, "deleted", "Given up by force.", principal.user)
        return workspace_view(row, instance, self._hosts, self._store.ides)

    async def set_port(
        self, principal: Principal, workspace: str, port: int, said: PortSettings
    ) -> WorkspaceView:
        """Say who may use a port and what it speaks; proxies know it before whoever asked."""
        if not 1 <= port <= _HIGHEST_PORT:
            raise Malformed("port_invalid", "There is no such port", "Ports are 1 to 65535.")
        async with self._store.change() as change:
            row, instance = await own(change, principal, Action.CHANGE_WORKSPACE, workspace)
            settings = ports.changed(row.port_settings, port, said)
            if settings != row.port_settings:
                row.port_settings = settings
                change.touch(row)
                for one in filter(None, (said.visibility, said.protocol)):
                    event, text = f"port_{one.value}", f"Port {port} is {one.value}."
                    change.record(row, event, text, principal.user)
        return workspace_view(row, instance, self._hosts, self._store.ides)

    async def events(self, principal: Principal, workspace: str) -> builtins.list[EventView]:
        """Return the history, newest first, at most 500 lines."""
        await self._read(principal, Action.SEE_WORKSPACE, workspace)
        async with self._store.database.read() as session:
            found = await session.execute(
                select(EventRow)
                .where(EventRow.workspace_id == workspace)
                .order_by(EventRow.id.desc())
                .limit(_HISTORY)
            )
            return [event_view(row) for row in found.scalars().all()]

    async def log(self, principal: Principal, workspace: str) -> str:
        """Return history and steps as text, oldest first."""
        view = await self.get(principal, workspace)
        return as_text(view, await self.events(principal, workspace))

    async def wait(
        self, principal: Principal, workspace: str, after: int, seconds: float
    ) -> WorkspaceView:
        """Return the workspace as soon as its version is greater, or as it is when time is up."""
        async with self._store.waiting(workspace) as changed:
            try:
                async with asyncio.timeout(min(max(seconds, 0.0), MAX_WAIT)):
                    while (view := await self.get(principal, workspace)).version <= after:
                        await changed.wait()
                        changed.clear()
            except TimeoutError:
                return await self.get(principal, workspace)
        return view

    async def _make(
        self,
        change: Change,
        principal: Principal,
        repository: Repository,
        wanted: CreateWorkspace,
    ) -> WorkspaceRow:
        session, user = change.session, principal.user
        person = await session.get(UserRow, user)
        trusted = await decide(change, user, repository.trust_key, given=wanted.trust)
        ide = chosen(self._store.ides, wanted.ide, person, repository.opener)
        row = row_of(principal, repository, wanted, change.now, trusted=trusted, ide=ide)
        row.node = self._store.place()
        session.add(row)
        await session.flush()
        await begin(change, row, self._store.secrets)
        change.record(row, "created", f"From {repository.url}.", user)
        return row

    async def _read(self, principal: Principal, action: Action, workspace: str) -> Pair:
        async with self._store.database.read() as session:
            row = await session.get(WorkspaceRow, workspace) if is_workspace_id(workspace) else None
            if row is not None and row.deleted_at is not None:
                row = None
            checked = owned(principal, action, row)
            return checked, await session.get(InstanceRow, str(InstanceId(checked.id, checked.n)))


async def _made_before(change: Change, user: str, key: str, digest: str) -> WorkspaceRow | None:
    if not key:
        return None
    known = await change.session.get(IdempotencyRow, (user, key))
    if known is None:
        return None
    if known.digest != digest:
        raise Conflict(
            "key_used",
            "This Idempotency-Key was used for another request",
            cure="Send a new key with each new request.",
        )
    return await change.session.get(WorkspaceRow, known.workspace_id)
