"""What trust means for workspaces: asked at every start, taken back at once.

A workspace is as trusted as its repository was at its newest start. Taken back, it gets
no token, no key and no variable any more from that moment; its VS Code opens restricted
at the next start.
"""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts import trust
from app.accounts.access import Action, Principal, allowed
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Denied
from app.workspaces.forge import Kind
from app.workspaces.secrets import Secrets
from app.workspaces.store import Change, Store
from app.workspaces.transitions import new_instance


@dataclass(frozen=True, slots=True)
class Trusted:
    """A repository, or one pull request of it, that a person trusts."""

    key: str
    """As trust knows it: a clone URL, of a pull request with `#refs/…` behind it."""
    since: float
    workspaces: int
    """How many of one's workspaces it is about."""

    @property
    def url(self) -> str:
        """The repository's clone URL."""
        return self.key.partition("#")[0]

    @property
    def ref(self) -> str:
        """The pull request's ref; empty for the repository."""
        return self.key.partition("#")[2]


def key_of(row: WorkspaceRow) -> str:
    """Return what trust in a workspace's code is about; as `Repository.trust_key`."""
    if row.snapshot:
        return snapshot_key(row.url, row.snapshot)
    return f"{row.url}#{row.ref}" if row.kind == Kind.PULL.value else row.url


def snapshot_key(url: str, snapshot: str) -> str:
    """Return what trust in a snapshot's code is about: whoever made it may have put in anything."""
    return f"{url}#snapshot/{snapshot}"


async def decide(change: Change, user: str, key: str, *, given: bool) -> bool:
    """Tell whether a new workspace is trusted; trust that is given with it is noted."""
    if given:
        await trust.trust(change.session, user, key, change.now)
    return given or await trust.is_trusted(change.session, user, key)


async def begin(change: Change, row: WorkspaceRow, secrets: Secrets) -> InstanceRow:
    """Add the next instance, as trusted as its repository is now."""
    row.trusted = await trust.is_trusted(change.session, row.owner_id, key_of(row))
    return new_instance(change, row, secrets)


def snapshots_below(key: str) -> str:
    """Return what begins the keys of a repository's snapshots; empty for what is no repository."""
    return "" if "#" in key else snapshot_key(key, "")


class Trust:
    """The repositories that somebody trusts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, principal: Principal) -> list[Trusted]:
        """Return what one trusts, newest first."""
        if not allowed(principal, Action.LIST_OWN):
            raise Denied("denied", "You may not see what is trusted")
        async with self._store.database.read() as session:
            keys = await trust.trusted(session, principal.user)
            rows = (
                await session.execute(
                    select(WorkspaceRow).where(
                        WorkspaceRow.owner_id == principal.user, WorkspaceRow.deleted_at.is_(None)
                    )
                )
            ).scalars()
            about = [key_of(row) for row in rows]
        return [Trusted(key, since, about.count(key)) for key, since in keys]

    async def revoke(self, principal: Principal, key: str) -> None:
        """Take trust back, with a repository's also that in its snapshots; absent is fine.

        A snapshot is of the repository's code, whoever has made it, and one of one's own was
        trusted only because the repository was.
        """
        if not allowed(principal, Action.CHANGE_OWN):
            raise Denied("denied", "You may not change what is trusted")
        async with self._store.change() as change:
            below = snapshots_below(key)
            await trust.revoke(change.session, principal.user, key, below)
            found = await change.session.execute(
                select(WorkspaceRow).where(
                    WorkspaceRow.owner_id == principal.user,
                    WorkspaceRow.url == key.partition("#")[0],
                    WorkspaceRow.trusted,
                    WorkspaceRow.deleted_at.is_(None),
                )
            )
            for row in found.scalars().all():
                if key_of(row) == key or (below and key_of(row).startswith(below)):
                    row.trusted = False
                    change.touch(row)
                    change.record(
                        row, "trust_revoked", "The repository is no longer trusted.", principal.user
                    )
