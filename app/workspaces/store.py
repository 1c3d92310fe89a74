"""The one way in which workspaces change: a transaction, then news in the right order.

`Store.change` opens a write transaction. Whoever alters a row says `touch`; at
the end each touched row's version is raised, all is committed, then proxies are
told, then people. A raise undoes everything and tells nobody.

Deadlines are moments of the wall clock, which may jump. The monotonic clock does not, so
a change that finds the two apart first moves every moment that is waited for along. Time
that the machine has slept counts as a jump too: nobody could do anything in it.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType

import structlog
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.sessions import Database
from app.db.workspaces import LOCAL, EventRow, InstanceRow, WorkspaceRow
from app.ides.reading import built_in
from app.ides.structs import Catalogue
from app.runtime.publish import RouteFeed
from app.web.events import Hint, Hints
from app.workspaces.secrets import Secrets
from app.workspaces.timeouts import Policy
from app.workspaces.views import route_of
from kit.clock import Clock
from wire.ids import InstanceId
from wire.routes import Route

_log = structlog.get_logger(__name__)

PLATFORM = "podium"
"""Actor of what no person did."""
JUMP = 5.0
"""Seconds by which the clocks may drift apart before it is a jump."""
_POLICY = Policy()
_NO_DIALS: Mapping[str, str] = MappingProxyType({})


class Change:
    """One write transaction over workspaces; `now` is its moment."""

    def __init__(
        self,
        session: AsyncSession,
        now: float,
        policy: Policy = _POLICY,
        ides: Catalogue | None = None,
    ) -> None:
        self.session = session
        self.now = now
        self.policy = policy
        self.ides = ides or built_in()
        self.touched: dict[str, WorkspaceRow] = {}

    async def workspace(self, workspace: str) -> WorkspaceRow | None:
        """Return the workspace, unless it does not exist (any more)."""
        row = await self.session.get(WorkspaceRow, workspace)
        return None if row is None or row.deleted_at is not None else row

    async def newest(self, row: WorkspaceRow) -> InstanceRow | None:
        """Return the newest instance."""
        return await self.session.get(InstanceRow, str(InstanceId(row.id, row.n)))

    async def exactly(self, instance: InstanceId) -> tuple[WorkspaceRow, InstanceRow] | None:
        """Return both when the instance is the newest; reports of older ones are dropped."""
        row = await self.workspace(instance.workspace)
        if row is None or row.n != instance.n:
            return None
        found = await self.newest(row)
        return None if found is None else (row, found)

    def touch(self, row: WorkspaceRow) -> None:
        """Note that the workspace or its newest instance is altered."""
        self.touched[row.id] = row

    def record(self, row: WorkspaceRow, kind: str, text: str, actor: str = PLATFORM) -> None:
        """Add a line to the history."""
        self.session.add(
            EventRow(workspace_id=row.id, at=self.now, kind=kind, text=text, actor=actor)
        )


class Store:
    """Opens changes, and tells whoever listens after each."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        secrets: Secrets,
        feed: RouteFeed,
        hints: Hints,
        policy: Policy = _POLICY,
        ides: Catalogue | None = None,
        dials: Mapping[str, str] = _NO_DIALS,
        place: Callable[[], str] = lambda: LOCAL,
    ) -> None:
        """`ides` is the catalogue of editors; None is the one that comes with Podium.

        `dials` has the path of the dial socket of each node but the local one, `place` tells
        on which node a new workspace begins.
        """
        self.place = place
        self.dials = dials
        self.ides = ides or built_in()
        self.database = database
        self.clock = clock
        self.secrets = secrets
        self.policy = policy
        self._offset = clock.now() - clock.monotonic()
        self._feed = feed
        self._hints = hints
        self.leads: Callable[[], bool] = lambda: True
        """Whether deadlines are looked at here: of several servers one moves them along."""
        self._listeners: list[Callable[[], None]] = []
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call the listener after every change."""
        self._listeners.append(listener)

    @asynccontextmanager
    async def change(self) -> AsyncIterator[Change]:
        """Open a change; what it touched is told after its commit."""
        async with self.database.write() as session:
            now = self.clock.now()
            offset = now - self.clock.monotonic()
            jump = offset - self._offset
            jump = jump if abs(jump) > JUMP else 0.0
            if jump and self.leads():
                await _move_along(session, jump)
            change = Change(session, now, self.policy, self.ides)
            yield change
            for row in change.touched.values():
                row.version += 1
            await session.flush()
            routes = [
                (row, self.route(row, await change.newest(row))) for row in change.touched.values()
            ]
        if jump:
            self._offset = offset
            _log.warning("clock_jumped", seconds=round(jump, 1))
        for row, route in routes:
            self._hints.publish(self.heard(row, route))
        if routes:
            self.wake()

    def anew(self) -> None:
        """Forget what the clocks did until now: whoever led until now has looked after that."""
        self._offset = self.clock.now() - self.clock.monotonic()

    def jumped(self) -> bool:
        """Tell whether the wall clock has jumped since the last change."""
        return abs(self.clock.now() - self.clock.monotonic() - self._offset) > JUMP

    def hint(self, hint: Hint) -> None:
        """Tell the pages that are connected here of what is in no row."""
        self._hints.offer(hint)

    def wake(self) -> None:
        """Have every loop look soon."""
        for listener in self._listeners:
            listener()

    def heard(self, row: WorkspaceRow, route: Route) -> Hint:
        """Take in how a row is now, for proxies and supervisors; returns what people are told.

        Proxies before people: whoever is told that it runs can open it.
        """
        if row.deleted_at is None:
            self._feed.put(route)
        else:
            self._feed.delete(row.id, row.version)
        for event in self._waiting.get(row.id, ()):
            event.set()
        return Hint(topic="workspace", id=row.id, version=row.version, owner=row.owner_id)

    @asynccontextmanager
    async def waiting(self, workspace: str) -> AsyncIterator[asyncio.Event]:
        """Give an event that is set by each change of the workspace from now on."""
        event = asyncio.Event()
        self._waiting[workspace].add(event)
        try:
            yield event
        finally:
            self._waiting[workspace].discard(event)
            if not self._waiting[workspace]:
                del self._waiting[workspace]

    async def routes(self) -> list[Route]:
        """Return the routes of all workspaces, for a feed that begins."""
        everything = await self.rows(WorkspaceRow.deleted_at.is_(None))
        return [self.route(row, one) for row, one in everything]

    def route(self, row: WorkspaceRow, newest: InstanceRow | None) -> Route:
        """Return the route of a workspace."""
        return route_of(row, newest, self.secrets, self.dials)

    async def rows(
        self, wanted: ColumnElement[bool]
    ) -> list[tuple[WorkspaceRow, InstanceRow | None]]:
        """Return workspaces with the newest instance of each."""
        async with self.database.read() as session:
            found = await session.execute(
                select(WorkspaceRow, InstanceRow)
                .outerjoin(
                    InstanceRow,
                    (InstanceRow.workspace_id == WorkspaceRow.id)
                    & (InstanceRow.n == WorkspaceRow.n),
                )
                .where(wanted)
            )
            return [(row, newest) for row, newest in found.all()]


async def _move_along(session: AsyncSession, jump: float) -> None:
    """Move what live instances wait for, so that as many seconds are left as before."""
    await session.execute(
        update(InstanceRow)
        .where(InstanceRow.live)
        .values(
            deadline=InstanceRow.deadline + jump,
            active_at=InstanceRow.active_at + jump,
            until=InstanceRow.until + jump,
        )
    )
