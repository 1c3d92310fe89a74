"""What other servers have changed, taken in: for proxies, supervisors, people and loops here.

Others say which workspace has changed. What they said may have been lost, so every ten seconds
the versions of all are compared. Rows alone count: a hint is a reason to read them.
"""

import asyncio
from contextlib import suppress

import structlog
from sqlalchemy import select

from app.accounts.service import ended_sessions
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.runtime.publish import RouteFeed
from app.web.events import Hint, Hints
from app.workspaces.links import Links
from app.workspaces.store import Store

_log = structlog.get_logger(__name__)
PERIOD = 10.0
"""Seconds between looks at everything."""
_AT_ONCE = 1000
"""Workspaces in one question."""


class Following:
    """Over rows, and what is connected here."""

    def __init__(self, store: Store, feed: RouteFeed, hints: Hints, links: Links, own: str) -> None:
        """`own` names this server in the rows of instances whose supervisors it has."""
        self._store = store
        self._feed = feed
        self._hints = hints
        self._links = links
        self._own = own
        self._told: list[Hint] = []
        self._all = False
        self._resync = False
        self._moved = asyncio.Event()

    def take(self, hint: Hint) -> None:
        """Take in what another server told."""
        self._told.append(hint)
        self._moved.set()

    def missed(self, _told: object = None) -> None:
        """Take in that something may have been lost."""
        self._all = self._resync = True
        self._moved.set()

    async def run(self) -> None:
        """Work until cancelled."""
        clock = asyncio.get_running_loop().time
        everything = clock() + PERIOD
        while True:
            # at its time also when hints keep coming: one that was lost is among none of them
            with suppress(TimeoutError):
                async with asyncio.timeout_at(everything):
                    await self._moved.wait()
            if clock() >= everything:
                self._all = True
                everything = clock() + PERIOD
            self._moved.clear()
            try:
                await self.look()
            except Exception:  # noqa: BLE001 - the root of a task that must go on: the next look reads everything again
                _log.exception("look_failed", part="following")
                self._all = self._resync = True

    async def look(self) -> None:
        """Take in what has changed since the last look."""
        told, self._told = self._told, []
        everything, self._all = self._all, False
        wanted = {one.id for one in told if one.topic == "workspace"}
        if everything:
            wanted |= await self._changed()
        names = sorted(wanted)
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            for row, newest in await self._store.rows(WorkspaceRow.id.in_(some)):
                self._take(row, newest)
        if everything or any(one.topic == "session" for one in told):
            await self._end_sessions()
        for hint in told:
            if hint.topic != "workspace":
                self._hints.offer(hint)
        if names:
            self._store.wake()
        if self._resync:
            self._resync = False
            self._hints.miss()

    async def _changed(self) -> set[str]:
        """Return the workspaces of which proxies here know another version than the rows say."""
        async with self._store.database.read() as session:
            found = await session.execute(
                select(WorkspaceRow.id, WorkspaceRow.version).where(
                    WorkspaceRow.deleted_at.is_(None)
                )
            )
            # read after the question was asked: what this server told meanwhile is no change
            known, now = self._feed.versions(), {one.id: one.version for one in found.all()}
        changed = {one for one, version in now.items() if known.get(one, -1) < version}
        return changed | (known.keys() - now.keys())

    def _take(self, row: WorkspaceRow, newest: InstanceRow | None) -> None:
        known = self._feed.route(row.id)
        if known is not None and known.version > row.version:
            return  # read before something that is known here by now
        if newest is not None and newest.live and newest.linked not in {"", self._own}:
            self._links.moved(newest.id)
        news = known is None or known.version < row.version
        hint = self._store.heard(row, self._store.route(row, newest))
        if news:
            self._hints.offer(hint)

    async def _end_sessions(self) -> None:
        async with self._store.database.read() as session:
            ended = await ended_sessions(session, self._store.clock.now())
        for name, at in ended.items():
            if not self._feed.has_ended(name):
                self._feed.end_session(name, at)
                self._hints.offer(Hint(topic="session", id=name, version=0, owner=""))
