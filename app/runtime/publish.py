"""The server's end of the route feed: the table every proxy follows.

Built from the database at start, changed after each commit and before people are
told. It remembers the newest changes, so that a proxy that was away for a moment
gets those alone; one that was away for longer, or knew another life of the feed,
gets the whole table.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from itertools import takewhile
from secrets import token_hex

from wire.routes import Del, EndSession, FeedMessage, Hello, Put, Route, Snapshot, split
from wire.tokens import CLOCK_SKEW, GRANT_LIFETIME

_KEPT = 10_000
"""Changes remembered; at a start's five changes, that is two thousand starts."""
_SESSION_KEPT = GRANT_LIFETIME + 2 * CLOCK_SKEW
"""Seconds after which no grant of an ended session can be valid any more."""

Change = Put | Del | EndSession


class RouteFeed:
    """Routes of all workspaces, and who follows them. Lives in one event loop."""

    def __init__(self, epoch: str = "") -> None:
        self.epoch = epoch or token_hex(8)
        self.seq = 0
        self.keys: list[str] = []
        self._routes: dict[str, Route] = {}
        self._gone: dict[str, int] = {}
        self._ended: dict[str, int] = {}
        self._changes: deque[Change] = deque(maxlen=_KEPT)
        self._changed = asyncio.Event()
        self._closed = False

    def load(self, routes: Iterable[Route], sessions: dict[str, int] | None = None) -> None:
        """Fill the table at start, before anybody follows."""
        assert self.seq == 0, "only an unused feed can be filled"
        self._routes = {route.workspace: route for route in routes}
        self._ended = dict(sessions or {})

    def put(self, route: Route) -> None:
        """Tell that a route is new or has changed; an older version is ignored."""
        known = self._routes.get(route.workspace)
        if known is not None and known.version >= route.version:
            return
        if self._gone.get(route.workspace, -1) >= route.version:
            return
        self._routes[route.workspace] = route
        self._append(Put(epoch=self.epoch, seq=self.seq + 1, route=route))

    def delete(self, workspace: str, version: int) -> None:
        """Tell that a workspace is gone; repeating it says nothing new."""
        if self._routes.pop(workspace, None) is None:
            return
        self._gone[workspace] = version
        self._append(Del(epoch=self.epoch, seq=self.seq + 1, workspace=workspace, version=version))

    def end_session(self, session: str, at: float) -> None:
        """Tell that a session was signed out at this moment (seconds since 1970)."""
        self._ended = {
            name: when for name, when in self._ended.items() if when > at - _SESSION_KEPT
        }
        self._ended[session] = int(at)
        self._append(EndSession(epoch=self.epoch, seq=self.seq + 1, session=session, at=int(at)))

    def route(self, workspace: str) -> Route | None:
        """Return the route as proxies have it."""
        return self._routes.get(workspace)

    def versions(self) -> dict[str, int]:
        """Return the version of each workspace's route, as proxies have it."""
        return {name: route.version for name, route in self._routes.items()}

    def has_ended(self, session: str) -> bool:
        """Tell whether proxies know that a session was signed out."""
        return session in self._ended

    def close(self) -> None:
        """End every follower."""
        self._closed = True
        self._wake()

    async def follow(self, since: str = "") -> AsyncIterator[FeedMessage]:
        """Yield hello, what was missed after `since` (`epoch:seq`) or a snapshot, then changes.

        A follower that falls behind what is remembered gets a snapshot again.
        """
        yield Hello(epoch=self.epoch, keys=list(self.keys))
        at = self._position(since)
        while not self._closed:
            if at is None or at < self._oldest - 1:
                at = self.seq
                for part in split(self.snapshot()):
                    yield part
                    await asyncio.sleep(0)  # others have their turn
                continue
            # Taken before the changes are read: one that comes meanwhile sets it.
            changed = self._changed
            for change in self._after(at):
                at = change.seq
                yield change
            if at >= self.seq and not self._closed:
                await changed.wait()

    def snapshot(self) -> Snapshot:
        """Return the whole table."""
        return Snapshot(
            epoch=self.epoch,
            seq=self.seq,
            routes=list(self._routes.values()),
            sessions=dict(self._ended),
        )

    def _after(self, seq: int) -> list[Change]:
        """Return the remembered changes after this one; looks at no others."""
        newest_first = takewhile(lambda one: one.seq > seq, reversed(self._changes))
        return list(newest_first)[::-1]

    @property
    def _oldest(self) -> int:
        return self._changes[0].seq if self._changes else self.seq + 1

    def _position(self, since: str) -> int | None:
        epoch, _, seq = since.rpartition(":")
        if epoch != self.epoch or not seq.isdecimal() or int(seq) > self.seq:
            return None
        return int(seq)

    def _append(self, change: Change) -> None:
        self.seq = change.seq
        self._changes.append(change)
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
