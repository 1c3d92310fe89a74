"""Makes a workspace of what a node has and no row knows of; a person has asked for it.

It gets the owner's row under its old name, stopped, with the tree that is there; where only
restore points are there, they are listed, and one of them can be restored.
"""

from collections.abc import Callable

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import service as accounts
from app.accounts.access import Kind as Party
from app.accounts.access import Listener, Principal
from app.content.discovering import Discovering
from app.content.repositories import Repositories
from app.db.accounts import MembershipRow
from app.db.workspaces import WorkspaceRow
from app.faults import Conflict, Missing
from app.orphans.finding import Orphans
from app.orphans.judging import Fate
from app.orphans.structs import Adopted
from app.runtime.holdings import Held, Kind
from app.runtime.points import Points
from app.runtime.port import Unreachable
from app.workspaces.archiving import NOTHING_SAFE
from app.workspaces.making import row_of
from app.workspaces.repository import Repository
from app.workspaces.store import Change, Store
from app.workspaces.structs import CreateWorkspace

_log = structlog.get_logger(__name__)
Parse = Callable[[str, str], Repository]


class Adopting:
    """Over rows and what a node has."""

    def __init__(
        self,
        store: Store,
        orphans: Orphans,
        repositories: Repositories,
        points: Points | None,
        parse: Parse,
    ) -> None:
        self._store = store
        self._orphans = orphans
        self._repositories = repositories
        self._points = points
        self._parse = parse

    async def adopt(self, name: str, url: str, node: str = "") -> Adopted:
        """Make it a workspace again; raises Missing, Conflict, Malformed, Unprocessable.

        `url` is the repository that it is of: what a tree says of it is its people's to write. It
        is of the node that has its files, else its points; `node` has to be said if several do.
        """
        found = [await self._of(kind, name, node) for kind in (Kind.TREE, Kind.POINTS)]
        held = [one for one in found if one is not None]
        if not held:
            raise Missing(
                "orphan_unknown",
                "The node has no files and no restore points of such a workspace",
                "Snapshots cannot be adopted: nobody knows whose they were.",
                "`podium orphans` lists what there is.",
            )
        repository = self._parse(url, "")
        async with self._store.change() as change:
            row = await change.session.get(WorkspaceRow, name)
            if row is not None and row.deleted_at is None:
                raise _wanted(name)
            if row is None:
                row = await self._fresh(change, held, repository)
            row.deleted_at, row.wish, row.cleanup_at = None, "stopped", None
            row.content, row.given_up, row.phase_since = "present", False, change.now
            # Of the tree that the node has nothing is known to be in a point.
            row.archived_at, row.restoring, row.backed_up_stop = None, "", NOTHING_SAFE
            row.restore_problem, row.node = None, held[0].node
            row.n = max(row.n, *(one.highest for one in held))
            await self._repositories.begin(change.session, name)
            change.touch(row)
            change.record(row, "adopted", "It was on the node, and is a workspace again.")
        _log.warning("orphan_adopted", name=name)
        return Adopted(workspace=name, name=row.name, points=await self._points_of(name))

    async def _of(self, kind: Kind, name: str, node: str) -> Held | None:
        try:
            held, fate = await self._orphans.find(kind, name, node)
        except Missing:
            return None
        if fate is Fate.WANTED:
            raise _wanted(name)
        return held

    async def _fresh(
        self, change: Change, held: list[Held], repository: Repository
    ) -> WorkspaceRow:
        principal = await _owner(change.session, change.now)
        wanted = CreateWorkspace(url=repository.url)
        ide = change.ides.default
        row = row_of(principal, repository, wanted, change.now, trusted=False, ide=ide)
        row.id, row.checked_out = held[0].name, True
        row.folder = next((one.folder for one in held if one.folder), row.folder)
        row.branch = next((one.branch for one in held if one.branch), "")
        row.revision = next((one.revision for one in held if one.revision), "")
        change.session.add(row)
        await change.session.flush()
        return row

    async def _points_of(self, name: str) -> int:
        if self._points is None:
            return 0
        try:
            return await Discovering(self._store, self._points, self._repositories).look_into(name)
        except Unreachable:
            return 0


async def _owner(session: AsyncSession, now: float) -> Principal:
    user = await accounts.ensure_owner(session, now)
    member = select(MembershipRow.organisation_id).where(MembershipRow.user_id == user)
    organisations = frozenset(await session.scalars(member))
    return Principal(Party.USER, Listener.INTERNAL, user=user, organisations=organisations)


def _wanted(name: str) -> Conflict:
    return Conflict(
        "orphan_wanted",
        "It is no orphan",
        f"{name} is a workspace of this database.",
        "Delete the workspace or the snapshot instead.",
    )
