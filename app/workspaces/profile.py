"""What of people's editors goes with them: kept sealed, given to their trusted workspaces alone.

Settings may hold what nobody else should read, and can make an editor run programs. So a
workspace whose repository is not trusted neither gets a person's files nor changes them.
"""

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.access import Action, Principal, allowed
from app.accounts.sealing import Seal, Unsealable
from app.db.accounts import UserRow
from app.db.profile import ProfileRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Denied, Malformed
from app.workspaces.store import Change, Store
from wire.profile import LARGEST, MOST, TOTAL, ProfileChanged, ProfileFile, ProfileGiven

_log = structlog.get_logger(__name__)


class Profile:
    """Files of whoever asks, and of a workspace's owner."""

    def __init__(self, store: Store, seal: Seal) -> None:
        self._store = store
        self._seal = seal

    async def names(self, principal: Principal) -> list[str]:
        """Return the names of what is kept of one's own."""
        if not allowed(principal, Action.LIST_OWN):
            raise Denied("denied", "You may not see this")
        async with self._store.database.read() as session:
            return [row.name for row in await _rows(session, principal.user)]

    async def forget(self, principal: Principal) -> None:
        """Drop all that is kept; workspaces keep what they have."""
        if not allowed(principal, Action.CHANGE_OWN):
            raise Denied("denied", "You may not change this")
        async with self._store.change() as change:
            await change.session.execute(
                delete(ProfileRow).where(ProfileRow.user_id == principal.user)
            )

    # --- for workspaces: whoever calls has proven whose it is, and that it is trusted ---

    async def given(self, owner: str) -> ProfileGiven:
        """Return everything; nothing for a person who keeps none. Raises Denied for those."""
        async with self._store.database.read() as session:
            person = await _keeping(session, owner)
            rows = await _rows(session, owner)
            files = [self._file(row) for row in rows]
        return ProfileGiven(revision=person.profile, files=[one for one in files if one])

    async def keep(self, owner: str, workspace: str, said: ProfileChanged) -> int:
        """Take a file as it is in a workspace; returns the new revision.

        The owner's other workspaces are told. Raises Denied for a person who keeps none,
        Malformed for more than fits.
        """
        async with self._store.change() as change:
            person = await _keeping(change.session, owner)
            row = await change.session.get(ProfileRow, (owner, said.name))
            if said.text is None:
                if row is not None:
                    await change.session.delete(row)
            else:
                await self._put(change, owner, said.name, said.text)
            person.profile += 1
            for other in await _live(change, owner):
                if other.id != workspace:
                    change.touch(other)
            return person.profile

    async def renew_seals(self) -> int:
        """Seal with the newest key what an older one sealed; returns how many there were."""
        renewed = 0
        async with self._store.database.write() as session:
            for row in (await session.execute(select(ProfileRow))).scalars().all():
                try:
                    fresh = self._seal.renew(row.sealed, _about(row.user_id, row.name))
                except Unsealable:
                    _log.warning("cannot_be_opened", profile=row.name)
                    continue
                if fresh is not None:
                    row.sealed, renewed = fresh, renewed + 1
        return renewed

    async def _put(self, change: Change, owner: str, name: str, text: str) -> None:
        size = len(text.encode())
        others = ProfileRow.user_id == owner, ProfileRow.name != name
        found = await change.session.execute(
            select(func.count(), func.coalesce(func.sum(ProfileRow.size), 0)).where(*others)
        )
        count, total = found.one()
        if size > LARGEST or count >= MOST or total + size > TOTAL:
            raise Malformed(
                "profile_full",
                "This is more than is kept of an editor",
                f"{name} has {size} bytes: up to {LARGEST} each, {MOST} files and {TOTAL} bytes.",
                "It stays in this workspace.",
            )
        sealed = self._seal.close(text.encode(), _about(owner, name))
        await change.session.merge(
            ProfileRow(user_id=owner, name=name, sealed=sealed, size=size, changed_at=change.now)
        )

    def _file(self, row: ProfileRow) -> ProfileFile | None:
        try:
            text = self._seal.open(row.sealed, _about(row.user_id, row.name)).decode()
        except Unsealable:  # the master key is another one: the next change replaces it
            _log.warning("cannot_be_opened", profile=row.name)
            return None
        return ProfileFile(name=row.name, text=text, at=row.changed_at)


def _about(user: str, name: str) -> str:
    return f"profile/{user}/{name}"


async def _rows(session: AsyncSession, user: str) -> list[ProfileRow]:
    wanted = select(ProfileRow).where(ProfileRow.user_id == user).order_by(ProfileRow.name)
    return list((await session.execute(wanted)).scalars().all())


async def _keeping(session: AsyncSession, owner: str) -> UserRow:
    person = await session.get(UserRow, owner)
    if person is None or not person.profile_kept:
        raise Denied("profile_off", "This person's editor keeps nothing")
    return person


async def _live(change: Change, owner: str) -> list[WorkspaceRow]:
    found = await change.session.execute(
        select(WorkspaceRow)
        .join(InstanceRow, InstanceRow.workspace_id == WorkspaceRow.id)
        .where(WorkspaceRow.owner_id == owner, WorkspaceRow.trusted, InstanceRow.live)
    )
    return list(found.scalars().all())
