"""What people do with share links: make, list and revoke them.

A link's row and what its workspace's route says of it change in one transaction, so that
proxies know of a new link before its maker does, and cut what a revoked one had let in
before whoever revoked it is told that it is gone.
"""

import asyncio
import builtins
from hashlib import sha256

import structlog
from msgspec import json
from msgspec.structs import replace
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.access import Action, Principal
from app.accounts.keys import Keys
from app.accounts.secrets import new_id
from app.db.shares import PortShareRow
from app.db.workspaces import WorkspaceRow
from app.faults import Conflict, Malformed, Missing
from app.shares import passwords
from app.shares.policy import Policy
from app.shares.structs import CreateShare, ShareView
from app.workspaces.owned import owned
from app.workspaces.store import Change, Store
from wire.hosts import Hosts
from wire.ids import is_workspace_id
from wire.shares import SHARE_PATH, sign_token

MOST = 100
"""Links of one workspace that count at once."""
MAX_KEY = 200
PERIOD = 5.0
"""Seconds between two looks for links that have expired; proxies know the moment themselves."""
_log = structlog.get_logger(__name__)


class Shares:
    """Share links of people's workspaces."""

    def __init__(self, store: Store, hosts: Hosts, keys: Keys, policy: Policy) -> None:
        self._store = store
        self._hosts = hosts
        self._keys = keys
        self.policy = policy

    async def create(
        self,
        principal: Principal,
        workspace: str,
        port: int,
        wanted: CreateShare,
        idempotency_key: str = "",
    ) -> ShareView:
        """Make a link to a port; the same key makes it once.

        Raises Missing for a workspace that is not one's own, and what the policy refuses.
        """
        if len(idempotency_key) > MAX_KEY:
            raise Malformed("key_too_long", f"Idempotency-Key has more than {MAX_KEY} characters")
        async with self._store.database.read() as session:
            found = await _workspace(session, principal, workspace)
            organisation = found.organisation_id
        seconds = self.policy.of(organisation).check(wanted, port)
        secret = await asyncio.to_thread(passwords.kept, wanted.password) if wanted.password else ""
        # What is hashed fast must hold no password: only whether there is one.
        told = json.encode((workspace, port, replace(wanted, password="x" if secret else "")))
        digest = sha256(told).hexdigest()
        async with self._store.change() as change:
            row = await _workspace(change.session, principal, workspace)
            made = await _made_before(change.session, principal.user, idempotency_key, digest)
            if made is not None:
                return self._view(made)
            _check_room(row)
            made = PortShareRow(
                id=new_id("ps"),
                workspace_id=row.id,
                organisation_id=row.organisation_id,
                port=port,
                note=_line(wanted.note),
                created_by=principal.user,
                created_at=change.now,
                expires_at=change.now + seconds,
                password_hash=secret,
                once=wanted.once,
                key=idempotency_key,
                digest=digest,
                opened=0,
                wrong=0,
                version=1,
            )
            change.session.add(made)
            row.shares = {
                **(row.shares or {}),
                made.id: {"port": port, "expires": int(made.expires_at)},
            }
            change.touch(row)
            how = " with a password" if secret else ""
            text = f"Port {port} is shared by a link{how}{_noted(made)}."
            change.record(row, "port_shared", text, principal.user)
        return self._view(made)

    async def list(
        self, principal: Principal, workspace: str, port: int | None = None
    ) -> builtins.list[ShareView]:
        """Return the links that count, of one port or of all, newest first."""
        async with self._store.database.read() as session:
            await _workspace(session, principal, workspace)
            wanted = PortShareRow.workspace_id == workspace
            if port is not None:
                wanted = and_(wanted, PortShareRow.port == port)
            found = await session.scalars(
                select(PortShareRow)
                .where(wanted, _counts(self._store.clock.now()))
                .order_by(PortShareRow.created_at.desc(), PortShareRow.id)
            )
            return [self._view(one) for one in found.all()]

    async def revoke(self, principal: Principal, workspace: str, share: str) -> None:
        """End a link, and with it every connection that it has let in; repeating is harmless."""
        async with self._store.change() as change:
            row = await _workspace(change.session, principal, workspace)
            found = await change.session.get(PortShareRow, share)
            if found is None or found.workspace_id != row.id:
                raise Missing(
                    "share_unknown",
                    "There is no such share link",
                    "It was never made, or belongs to another workspace.",
                    "Look at the links of the port.",
                )
            if found.ended_at is None:
                end(change, row, found)
                text = f"A link to port {found.port}{_noted(found)} was revoked."
                change.record(row, "share_revoked", text, principal.user)

    async def run(self) -> None:
        """End what expires, for ever."""
        while True:
            try:
                await self.expire()
            except SQLAlchemyError as error:
                _log.warning("shares_not_ended", error=type(error).__name__)
            await asyncio.sleep(PERIOD)

    async def expire(self) -> None:
        """End the links whose time has passed, so that pages show it and routes stay small."""
        async with self._store.database.read() as session:
            now = self._store.clock.now()
            due = PortShareRow.ended_at.is_(None), PortShareRow.expires_at <= now
            if await session.scalar(select(PortShareRow.id).where(*due).limit(1)) is None:
                return
        async with self._store.change() as change:
            for found in (await change.session.scalars(select(PortShareRow).where(*due))).all():
                row = await change.session.get(WorkspaceRow, found.workspace_id)
                assert row is not None, "workspaces are never removed from the table"
                end(change, row, found)
                if row.deleted_at is None:
                    text = f"A link to port {found.port}{_noted(found)} has expired."
                    change.record(row, "share_expired", text)

    def _view(self, row: PortShareRow) -> ShareView:
        token = sign_token(row.id, row.workspace_id, row.port, self._keys.signing)
        place = self._hosts.port_of(row.workspace_id, row.port)
        return ShareView(
            id=row.id,
            version=row.version,
            workspace=row.workspace_id,
            port=row.port,
            url=f"{place}{SHARE_PATH}#{token}",
            note=row.note,
            created=row.created_at,
            expires=row.expires_at,
            password=bool(row.password_hash),
            once=row.once,
            opened=row.opened,
            last_opened=row.opened_at,
        )


def end(change: Change, row: WorkspaceRow, share: PortShareRow) -> None:
    """Let a link count no more: here, and at every proxy once this is committed."""
    share.ended_at = change.now
    share.version += 1
    row.shares = {name: one for name, one in (row.shares or {}).items() if name != share.id}
    if row.deleted_at is None:
        change.touch(row)


def _counts(now: float) -> ColumnElement[bool]:
    return and_(PortShareRow.ended_at.is_(None), PortShareRow.expires_at > now)


async def _workspace(session: AsyncSession, principal: Principal, workspace: str) -> WorkspaceRow:
    row = await session.get(WorkspaceRow, workspace) if is_workspace_id(workspace) else None
    if row is not None and row.deleted_at is not None:
        row = None
    return owned(principal, Action.SHARE_PORT, row)


async def _made_before(
    session: AsyncSession, user: str, key: str, digest: str
) -> PortShareRow | None:
    if not key:
        return None
    same = PortShareRow.created_by == user, PortShareRow.key == key
    known: PortShareRow | None = await session.scalar(select(PortShareRow).where(*same))
    if known is not None and known.digest != digest:
        raise Conflict(
            "key_used",
            "This Idempotency-Key was used for another request",
            cure="Send a new key with each new request.",
        )
    return known


def _check_room(row: WorkspaceRow) -> None:
    if len(row.shares or {}) >= MOST:
        raise Conflict(
            "shares_too_many",
            "This workspace has too many share links",
            f"{MOST} of them count at once.",
            "Revoke one that nobody needs any more.",
        )


def _line(text: str) -> str:
    return "".join(one for one in " ".join(text.split()) if one.isprintable())


def _noted(share: PortShareRow) -> str:
    return f" ({share.note})" if share.note else ""
