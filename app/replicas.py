"""One of several servers: leads or stands by, tells the others and hears them.

Only where the database is one that several may have. Elsewhere all of it is missing, and the
loops simply run.
"""

from collections.abc import Callable
from typing import Any

import structlog
from litestar.datastructures import State
from sqlalchemy.exc import SQLAlchemyError

from app.content.progress import Moved, Progresses
from app.db.sessions import Database
from app.leading.leader import LENGTH, Leader, Loops
from app.leading.lease import Lease, Servers
from app.leading.relay import MISSED, Relay, word
from app.moves.following import NodesFollowed
from app.moves.nodes import Nodes
from app.settings import Settings
from app.web.events import Hint, Hints
from app.workspaces.following import Following
from app.workspaces.store import Store
from app.workspaces.vitals import Told, Vitals
from kit.clock import SystemClock
from kit.redisbus import Bus
from kit.tasks import Tasks

_log = structlog.get_logger(__name__)
LEADER = "leader"
"""Name of the lease."""
_WAKE, _HINT, _VITALS, _PROGRESS, _TELL, _FREE = (
    "wake",
    "hint",
    "vitals",
    "progress",
    "tell",
    "free",
)
"""Kinds of words."""


class Replicas:
    """Runs what there is once, what everybody runs, and what runs aside."""

    def __init__(self, state: State, loops: Loops) -> None:
        """`loops` are those that must run once."""
        settings: Settings = state["settings"]
        database: Database = state["database"]
        self._servers: Servers = state["servers"]
        self._store: Store = state["store"]
        self._hints: Hints = state["hints"]
        self._vitals: Vitals = state["vitals"]
        self._progresses: Progresses = state["progresses"]
        self._nodes: Nodes = state["nodes"]
        self._begins: list[Callable[[], None]] = state["anew"]
        clock = self._store.clock
        followed = NodesFollowed(self._nodes, database, clock)
        every = self._nodes.every
        aside: dict[str, Any] = {
            f"follower of {name}": node.reconciler.follow for name, node in every.items()
        }
        self._following = Following(
            self._store, state["feed"], self._hints, state["links"], self._servers.own
        )
        self.leader = Leader(
            Lease(database, LEADER, self._servers.own, LENGTH),
            SystemClock(),  # of this process, whatever the store goes by
            {**loops, "nodes asked for": followed.run},
            {**aside, "nodes followed": followed.follow},
            self._begin,
        )
        self._nodes.leads = self._servers.leads = self._store.leads = lambda: self.leader.leads
        self.relay: Relay = state["relay"]
        self._wakes = (self._store.wake, followed.wake, state["building"].builds.tell)
        database.wrote = self._wrote
        self._listen()
        self._bus = _bus(settings, self._servers.own, self.relay, self._back)

    def _listen(self) -> None:
        relay = self.relay
        self._hints.carry = lambda hint: relay.say(_HINT, hint)
        self._vitals.carry = lambda told: relay.say(_VITALS, told)
        self._progresses.carry = lambda moved: relay.say(_PROGRESS, moved)
        relay.on(_HINT, Hint, self._following.take)
        relay.on(_VITALS, Told, self._vitals.heard)
        relay.on(_PROGRESS, Moved, self._progresses.heard)
        relay.on(_WAKE, type(None), self._wake)
        relay.on(_TELL, type(None), self._tell)
        relay.on(_FREE, type(None), lambda _none: self.leader.wake())
        relay.on(MISSED, type(None), self._following.missed)

    async def run(self) -> None:
        """Work until resigned, then give the lease back; or until cancelled."""
        tasks = Tasks()
        tasks.spawn(self._following.run(), "following")
        tasks.spawn(self._servers.run(), "servers")
        if self._bus is not None:
            tasks.spawn(self._bus.run(), "redis")
        try:
            await self.leader.run()
            self.relay.say(_FREE)
        finally:
            await tasks.close()

    async def leave(self) -> None:
        """Say that this server ends."""
        try:
            await self._servers.leave()
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            _log.info("not_left", error=type(error).__name__)

    async def _begin(self) -> None:
        for one in self._begins:
            one()
        await self._nodes.load()

    def _wrote(self) -> None:
        # what who leads writes, its own loops are told of by whoever writes it
        if not self.leader.leads:
            self.relay.say(_WAKE)

    def _wake(self, _none: None) -> None:
        if self.leader.leads:
            for wake in self._wakes:
                wake()

    def _back(self) -> None:
        self.relay.say(_TELL)
        self._following.missed()

    def _tell(self, _none: None) -> None:
        for told in self._vitals.all():
            self.relay.say(_VITALS, told)


def _bus(settings: Settings, own: str, relay: Relay, back: Callable[[], None]) -> Bus | None:
    """Return the channel of this installation, which all its servers know by its address."""
    if not settings.redis:
        return None
    bus = Bus(settings.redis, settings.shared_name, own, relay.hear, back, word(MISSED))
    relay.channel = bus
    return bus
