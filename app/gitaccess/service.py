"""What people do about their git access; pages and API both come through here."""

from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.access import Action, Principal, allowed
from app.accounts.sealing import Seal
from app.db.accounts import UserRow
from app.db.gitaccess import GitTokenRow, HostKeyRow, SshKeyRow
from app.db.sessions import Database
from app.faults import Denied, Malformed
from app.gitaccess import sshkeys
from app.gitaccess.hosts import host_of, user_for
from app.gitaccess.structs import (
    AcceptHostKey,
    GitAccessView,
    HostKeyView,
    SetToken,
    SshKeyView,
    TokenView,
)
from kit.clock import Clock

_Row = TypeVar("_Row", GitTokenRow, HostKeyRow)


def about_token(user: str, host: str) -> str:
    """Return what a token is sealed about."""
    return f"git-token/{user}/{host}"


def about_key(user: str) -> str:
    """Return what a private key is sealed about."""
    return f"ssh-key/{user}"


class GitAccess:
    """Tokens, ssh keys and known hosts of whoever asks."""

    def __init__(self, database: Database, clock: Clock, seal: Seal) -> None:
        self._database = database
        self._clock = clock
        self._seal = seal

    async def view(self, principal: Principal) -> GitAccessView:
        """Return what may be seen of one's git access."""
        _check(principal, Action.LIST_OWN)
        user = principal.user
        async with self._database.read() as session:
            tokens = await _rows(session, GitTokenRow, user)
            key = await session.get(SshKeyRow, user)
            hosts = await _rows(session, HostKeyRow, user)
            person = await session.get(UserRow, user)
        name = person.name if person is not None else user
        return GitAccessView(
            tokens=[
                TokenView(
                    host=one.host, username=one.username, created=one.created_at, used=one.used_at
                )
                for one in tokens
            ],
            ssh_key=None if key is None else _key_view(key, name),
            host_keys=[
                HostKeyView(
                    host=one.host,
                    algorithm=one.algorithm,
                    fingerprint=sshkeys.fingerprint(one.key),
                    accepted=one.accepted_at,
                )
                for one in hosts
            ],
        )

    async def set_token(self, principal: Principal, host: str, wanted: SetToken) -> TokenView:
        """Keep a token for a host, instead of the one before; raises Malformed."""
        _check(principal, Action.CHANGE_OWN)
        host = host_of(host)
        token, username = wanted.token.strip(), wanted.username.strip() or user_for(host)
        if not token or not _plain(token) or not _plain(username) or ":" in username:
            raise Malformed(
                "token_invalid",
                "This is no token",
                "Tokens and user names are printable and hold no spaces.",
                "Copy the token once more.",
            )
        now = self._clock.now()
        sealed = self._seal.close(token.encode(), about_token(principal.user, host))
        async with self._database.write() as session:
            await session.merge(
                GitTokenRow(
                    user_id=principal.user,
                    host=host,
                    username=username,
                    sealed=sealed,
                    created_at=now,
                    used_at=None,
                )
            )
        return TokenView(host=host, username=username, created=now, used=None)

    async def has_token(self, principal: Principal, host: str) -> bool:
        """Tell whether there is a token for the host."""
        _check(principal, Action.LIST_OWN)
        async with self._database.read() as session:
            return await session.get(GitTokenRow, (principal.user, host_of(host))) is not None

    async def remove_token(self, principal: Principal, host: str) -> None:
        """Forget the token of a host; absent is fine."""
        _check(principal, Action.CHANGE_OWN)
        async with self._database.write() as session:
            await session.execute(
                delete(GitTokenRow).where(
                    GitTokenRow.user_id == principal.user, GitTokenRow.host == host_of(host)
                )
            )

    async def make_key(self, principal: Principal) -> SshKeyView:
        """Make one's ssh key, instead of the one before, which opens nothing from now on."""
        _check(principal, Action.CHANGE_OWN)
        secret, public = sshkeys.make()
        row = SshKeyRow(
            user_id=principal.user,
            public=public,
            sealed=self._seal.close(secret, about_key(principal.user)),
            created_at=self._clock.now(),
            used_at=None,
        )
        async with self._database.write() as session:
            await session.merge(row)
            person = await session.get(UserRow, principal.user)
        return _key_view(row, person.name if person is not None else principal.user)

    async def remove_key(self, principal: Principal) -> None:
        """Forget one's ssh key; absent is fine."""
        _check(principal, Action.CHANGE_OWN)
        async with self._database.write() as session:
            await session.execute(delete(SshKeyRow).where(SshKeyRow.user_id == principal.user))

    async def accept_host_key(self, principal: Principal, accepted: AcceptHostKey) -> HostKeyView:
        """Know a host under this key from now on; raises Malformed."""
        _check(principal, Action.CHANGE_OWN)
        host, now = host_of(accepted.host, "ssh"), self._clock.now()
        sshkeys.check_host_key(accepted.algorithm, accepted.key)
        row = HostKeyRow(
            user_id=principal.user,
            host=host,
            algorithm=accepted.algorithm,
            key=accepted.key,
            accepted_at=now,
        )
        async with self._database.write() as session:
            await session.merge(row)
        return HostKeyView(
            host=host,
            algorithm=accepted.algorithm,
            fingerprint=sshkeys.fingerprint(accepted.key),
            accepted=now,
        )

    async def forget_host(self, principal: Principal, host: str) -> None:
        """Forget every key of a host: its next one is asked about; absent is fine."""
        _check(principal, Action.CHANGE_OWN)
        async with self._database.write() as session:
            await session.execute(
                delete(HostKeyRow).where(
                    HostKeyRow.user_id == principal.user, HostKeyRow.host == host_of(host, "ssh")
                )
            )


def _key_view(row: SshKeyRow, name: str) -> SshKeyView:
    return SshKeyView(
        public=f"{row.public} podium-{name}",
        fingerprint=sshkeys.fingerprint(row.public.split(" ")[1]),
        created=row.created_at,
        used=row.used_at,
    )


async def _rows(session: AsyncSession, table: type[_Row], user: str) -> list[_Row]:
    found = await session.execute(select(table).where(table.user_id == user).order_by(table.host))
    return list(found.scalars().all())


def _plain(text: str) -> bool:
    return all("!" <= one <= "~" for one in text)


def _check(principal: Principal, action: Action) -> None:
    if not allowed(principal, action):
        raise Denied("denied", "You may not do this")
