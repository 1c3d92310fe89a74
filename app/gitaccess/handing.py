"""What git itself gets, for a person who is known by something else than a session.

Asked by the reconciler (a clone of the person's workspace) and by the agent link (a
trusted workspace of the person); both have checked before whose it is.
"""

from collections.abc import Collection

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.sealing import Seal, Unsealable
from app.db.gitaccess import GitTokenRow, HostKeyRow, SshKeyRow
from app.db.sessions import Database
from app.faults import Malformed
from app.gitaccess import sshkeys
from app.gitaccess.hosts import host_of_url, known_as, plain
from app.gitaccess.service import about_key, about_token
from app.runtime.port import Credentials
from kit.clock import Clock

_log = structlog.get_logger(__name__)

_USED_EVERY = 60.0
"""Seconds between two notes of a use."""


class Handing:
    """Opens sealed secrets; `protocols` are those that git may speak."""

    def __init__(
        self, database: Database, clock: Clock, seal: Seal, protocols: Collection[str]
    ) -> None:
        self._database = database
        self._clock = clock
        self._seal = seal
        self._protocols = protocols

    async def for_clone(self, user: str, url: str) -> Credentials:
        """Return what a clone of the URL is given: for its own host, nothing else."""
        scheme, host = host_of_url(url)
        if scheme in {"https", "http"}:
            username, password = await self.token(user, scheme, host)
            return Credentials(username=username, password=password)
        if scheme != "ssh":
            return Credentials()
        async with self._database.read() as session:
            row = await session.get(SshKeyRow, user)
            known = await _known(session, user, host)
        secret = self._open(row.sealed, about_key(user)) if row is not None else b""
        if secret and row is not None:
            await self._note_use(row)
        return Credentials(ssh_key=sshkeys.as_file(secret) if secret else "", known_hosts=known)

    async def token(self, user: str, scheme: str, place: str) -> tuple[str, str]:
        """Return (user name, token) for a host, two empty texts when there is none."""
        if scheme not in self._protocols or scheme not in {"https", "http"}:
            return "", ""
        try:
            host = plain(place, scheme)
        except Malformed:
            return "", ""
        async with self._database.read() as session:
            row = await session.get(GitTokenRow, (user, host))
        token = self._open(row.sealed, about_token(user, host)) if row is not None else b""
        if row is None or not token:
            return "", ""
        await self._note_use(row)
        return row.username, token.decode()

    async def public_key(self, user: str) -> str:
        """Return the public half of the person's ssh key; empty when there is none."""
        async with self._database.read() as session:
            row = await session.get(SshKeyRow, user)
        return row.public if row is not None else ""

    async def known_hosts(self, user: str) -> list[str]:
        """Return the hosts that the person has accepted, as lines of a known_hosts file."""
        async with self._database.read() as session:
            return list(await _known(session, user))

    async def sign(self, user: str, blob: bytes, data: bytes) -> bytes:
        """Sign in with the person's ssh key; empty when that is not what is asked for."""
        async with self._database.read() as session:
            row = await session.get(SshKeyRow, user)
        if row is None or sshkeys.blob_of(row.public) != blob or not sshkeys.is_sign_in(data, blob):
            return b""
        secret = self._open(row.sealed, about_key(user))
        if not secret:
            return b""
        await self._note_use(row)
        return sshkeys.sign(secret, data)

    async def renew_seals(self) -> int:
        """Seal with the newest key what an older one sealed; returns how many there were."""
        renewed = 0
        async with self._database.write() as session:
            for token in (await session.execute(select(GitTokenRow))).scalars().all():
                fresh = self._renewed(token.sealed, about_token(token.user_id, token.host))
                if fresh is not None:
                    token.sealed = fresh
                    renewed += 1
            for key in (await session.execute(select(SshKeyRow))).scalars().all():
                fresh = self._renewed(key.sealed, about_key(key.user_id))
                if fresh is not None:
                    key.sealed = fresh
                    renewed += 1
        return renewed

    def _renewed(self, sealed: bytes, about: str) -> bytes | None:
        try:
            return self._seal.renew(sealed, about)
        except Unsealable:
            _log.warning("cannot_be_opened", about=about)
            return None

    def _open(self, sealed: bytes, about: str) -> bytes:
        try:
            return self._seal.open(sealed, about)
        except Unsealable:
            # the master key is another one: the person has to give it anew
            _log.warning("cannot_be_opened", about=about)
            return b""

    async def _note_use(self, row: GitTokenRow | SshKeyRow) -> None:
        now = self._clock.now()
        if row.used_at is not None and now - row.used_at < _USED_EVERY:
            return
        if isinstance(row, GitTokenRow):
            own = (GitTokenRow.user_id == row.user_id) & (GitTokenRow.host == row.host)
            noting = update(GitTokenRow).where(own)
        else:
            noting = update(SshKeyRow).where(SshKeyRow.user_id == row.user_id)
        async with self._database.write() as session:
            await session.execute(noting.values(used_at=now))


async def _known(session: AsyncSession, user: str, host: str = "") -> tuple[str, ...]:
    asked = select(HostKeyRow).where(HostKeyRow.user_id == user).order_by(HostKeyRow.host)
    if host:
        asked = asked.where(HostKeyRow.host == host)
    rows = (await session.execute(asked)).scalars().all()
    return tuple(f"{known_as(one.host)} {one.algorithm} {one.key}" for one in rows)
