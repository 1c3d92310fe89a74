"""What people do about their ssh access; pages and API both come through here."""

from sqlalchemy import delete, func, select

from app.accounts.access import Action, Principal, allowed
from app.accounts.secrets import hashed, new_id, new_token
from app.db.accounts import SessionRow
from app.db.sessions import Database
from app.db.sshaccess import AuthorizedKeyRow, SshTokenRow
from app.db.workspaces import WorkspaceRow
from app.faults import Conflict, Denied, Missing
from app.sshaccess.publickeys import read, titled
from app.sshaccess.structs import AddKey, KeysView, KeyView, SshTokenView
from app.workspaces.owned import owned
from kit.clock import Clock
from wire.hosts import Hosts
from wire.ids import is_workspace_id
from wire.ssh import command_of, host_of

MOST_KEYS = 50
"""Of one person; Gitpod's five are too few for somebody's devices over the years."""
TOKEN_LIFETIME = 600.0
"""Seconds in which a password lets somebody in; what was begun with it goes on."""
_REMEMBERED = 30 * 86400.0
"""Seconds for which a password is kept: that of the longest session."""


class SshAccess:
    """Keys and passwords of whoever asks; `port` is the gateway's, 0 when there is none."""

    def __init__(self, database: Database, clock: Clock, hosts: Hosts, port: int) -> None:
        self._database = database
        self._clock = clock
        self._hosts = hosts
        self._port = port

    async def keys(self, principal: Principal) -> KeysView:
        """Return one's keys."""
        _check(principal, Action.LIST_OWN)
        async with self._database.read() as session:
            found = await session.execute(
                select(AuthorizedKeyRow)
                .where(AuthorizedKeyRow.user_id == principal.user)
                .order_by(AuthorizedKeyRow.created_at, AuthorizedKeyRow.id)
            )
            return KeysView(keys=[_view(one) for one in found.scalars()])

    async def add_key(self, principal: Principal, wanted: AddKey) -> KeyView:
        """Let a key in; raises Malformed for what is none, Conflict for one that is in."""
        _check(principal, Action.CHANGE_OWN)
        key = read(wanted.key)
        title = titled(wanted.title, key.comment)
        async with self._database.write() as session:
            mine = AuthorizedKeyRow.user_id == principal.user
            count = await session.scalar(
                select(func.count()).select_from(AuthorizedKeyRow).where(mine)
            )
            same = await session.scalar(
                select(AuthorizedKeyRow).where(
                    mine, AuthorizedKeyRow.fingerprint == key.fingerprint
                )
            )
            if same is not None:
                raise Conflict(
                    "key_known", "You have added this key before", f"Its title is {same.title}."
                )
            if (count or 0) >= MOST_KEYS:
                raise Conflict(
                    "keys_too_many",
                    f"You have {MOST_KEYS} keys",
                    "More are not kept.",
                    "Remove those of devices that you do not use any more.",
                )
            row = AuthorizedKeyRow(
                id=new_id("k"),
                user_id=principal.user,
                title=title,
                public=key.public,
                fingerprint=key.fingerprint,
                created_at=self._clock.now(),
                used_at=None,
            )
            session.add(row)
        return _view(row)

    async def remove_key(self, principal: Principal, key: str) -> None:
        """Let a key in no more; connections made with it end. Raises Missing."""
        _check(principal, Action.CHANGE_OWN)
        async with self._database.write() as session:
            row = await session.get(AuthorizedKeyRow, key)
            if row is None or row.user_id != principal.user:
                raise Missing("key_missing", "There is no such key", "It has been removed already.")
            await session.delete(row)

    async def make_token(self, principal: Principal, workspace: str) -> SshTokenView:
        """Make a password for a workspace; raises Missing, or Conflict without a gateway."""
        now, token = self._clock.now(), new_token()
        async with self._database.write() as session:
            known = is_workspace_id(workspace)
            found = await session.get(WorkspaceRow, workspace) if known else None
            gone = found is not None and found.deleted_at is not None
            row = owned(principal, Action.OPEN_SSH, None if gone else found)
            if not self._port:
                raise Conflict(
                    "ssh_off",
                    "This Podium has no SSH gateway",
                    "PODIUM_SSH_PORT is 0.",
                    "Ask whoever runs it to set PODIUM_SSH_PORT.",
                )
            await session.execute(
                delete(SshTokenRow).where(SshTokenRow.created_at < now - _REMEMBERED)
            )
            session.add(
                SshTokenRow(
                    id=new_id("p"),
                    token_hash=hashed(token),
                    user_id=principal.user,
                    workspace_id=row.id,
                    session_id=principal.session,
                    created_at=now,
                    expires_at=now + TOKEN_LIFETIME,
                )
            )
        return SshTokenView(
            host=host_of(self._hosts.name),
            port=self._port,
            user=row.id,
            command=command_of(row.id, self._hosts.name, self._port),
            password=token,
            expires=now + TOKEN_LIFETIME,
        )


def lives(row: SessionRow | None, now: float) -> bool:
    """Tell whether a session is good."""
    return row is not None and row.ended_at is None and row.expires_at >= now


def _check(principal: Principal, action: Action) -> None:
    if not allowed(principal, action):
        raise Denied("denied", "You may not do this")


def _view(row: AuthorizedKeyRow) -> KeyView:
    return KeyView(
        id=row.id,
        title=row.title,
        algorithm=row.public.partition(" ")[0],
        fingerprint=row.fingerprint,
        created=row.created_at,
        used=row.used_at,
    )
