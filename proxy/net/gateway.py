"""The proxy as a whole: what all clients share, and every client that is connected."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, cast

import structlog

from kit.allotment import Allotment
from kit.tasks import Tasks
from kit.unixsocket import peer_uid
from proxy.core import events
from proxy.core.commands import AwaitTurn, NextTurn, Service
from proxy.core.crowd import Crowd
from proxy.core.plans import World
from proxy.core.record import Record
from proxy.core.revocation import still_open
from proxy.core.table import EVERYTHING
from proxy.net.accesslog import AccessLog
from proxy.net.client import Client
from proxy.net.ending import Ending
from proxy.net.handshake import Handshake
from proxy.net.presence import Presence
from proxy.net.redeem import Redeemer
from proxy.net.upstream import Pool
from wire.routes import FeedMessage
from wire.slots import slot_of_uid

_log = structlog.get_logger(__name__)

MOST = 8192
"""Connections of browsers, when nobody says how many."""
FULL = 60.0
"""Seconds between two lines that say that there was no room."""
SWEEP = 1.0
"""Seconds between looks at deadlines and kept connections."""
ACCEPTED = 0.05
"""Seconds for connections that were accepted just before the listening sockets were closed."""
SHAKING = 1.0
"""The same with TLS, whose handshake comes before anything is known of a connection."""
AT_ONCE = 64
"""Tunnels that end in a row: they all connect again at once, to a server that must bear it."""
STEP = 0.1
"""Seconds between two such rows."""
MOST_ENTRIES = 256
"""Connections that come out of one workspace, whether or not they are greeted for yet: the
descriptors of this process are everybody's."""
LEAST_ENTRIES = 64
"""Of these at each of several workers, among which the kernel does not deal them evenly."""


class Gateway:
    """Owns clients and their tasks; `told` hears of each request that has ended."""

    def __init__(
        self,
        world: World,
        pool: Pool,
        redeemer: Redeemer,
        log: AccessLog,
        told: Sequence[Callable[[Record], None]],
        *,
        workers: int = 1,
        most: int = MOST,
    ) -> None:
        self.world = world
        self.pool = pool
        self.redeemer = redeemer
        self._log = log
        self._told = (log.write, *told)
        self._clients: set[Client] = set()
        self._crowd: Crowd[Client | Handshake] = Crowd(most, lambda one: one.worth)
        self._said_full = float("-inf")
        self._presence: Presence[Client] = Presence()
        self._queues: dict[str, dict[Client, None]] = {}
        """Who waits for a turn, longest first."""
        self._queued: dict[Client, str] = {}
        self._entries = Allotment(max(LEAST_ENTRIES, MOST_ENTRIES // max(1, workers)))
        self._tasks = Tasks()
        self._changed = asyncio.Event()
        self._fresh = False
        self.caught_up = asyncio.Event()
        """Set when the table is what the feed says, and no longer what a file said."""
        self.open = {"browser": 0, "workspace": 0, "handshake": 0}
        """Connections by where they come from."""
        self.upgrades: Counter[str] = Counter()
        """Open tunnels by kind of host."""
        self.changes = 0
        """Messages of the route feed that were taken in."""
        self.draining = False

    # --- for clients ---

    def protocol(self) -> asyncio.BaseProtocol:
        """Return the protocol of a new connection; it has the methods, and is compiled."""
        return cast("asyncio.BaseProtocol", Client(self))

    def entry_protocol(self) -> asyncio.BaseProtocol:
        """Return the protocol of a connection that comes out of a workspace."""
        return cast("asyncio.BaseProtocol", Client(self, entry=True))

    def admits(self, transport: asyncio.BaseTransport) -> bool:
        """Tell whether a workspace may have this connection beside those it has."""
        slot = slot_of_uid(peer_uid(transport.get_extra_info("socket")))
        return slot is None or self._entries.admit(slot, transport)

    def came(self, client: Client) -> None:
        """A client has connected."""
        self._clients.add(client)
        self.open[client.origin] += 1
        if client.origin == "browser":
            self._make_room(client)
        if self.draining:
            client.tell(events.Draining())

    def went(self, client: Client) -> None:
        """A client is gone."""
        self._clients.discard(client)
        self.open[client.origin] -= 1
        self._crowd.leave(client)
        self._presence.leave(client)
        self._unqueue(client)
        self._changed.set()

    def knocked(self, handshake: Handshake) -> None:
        """A client's TLS handshake has begun."""
        self.open["handshake"] += 1
        self._make_room(handshake)

    def let_in(self, handshake: Handshake) -> None:
        """It has ended, whichever way."""
        self.open["handshake"] -= 1
        self._crowd.leave(handshake)

    def _make_room(self, comer: Client | Handshake) -> None:
        """Take somebody in; who has to give way for that is cut off."""
        leaving = self._crowd.join(comer, comer.address)
        for one in leaving:
            one.abort()
        now = time.monotonic()
        if leaving and now - self._said_full > FULL:
            self._said_full = now
            _log.warning("connections_full", open=len(self._crowd), gave_way=self.gave_way)

    @property
    def gave_way(self) -> int:
        """Connections that were cut off for others, as there was room for no more."""
        return self._crowd.gone

    def turn(self, client: Client, command: AwaitTurn | NextTurn) -> None:
        """A client waits for its turn, or has ended one, which is the next client's."""
        turn = command.turn
        if isinstance(command, AwaitTurn):
            self._unqueue(client)
            self._queued[client] = turn
            self._queues.setdefault(turn, {})[client] = None
            return
        self.world.turns.free(turn)
        while not self.world.turns.full(turn):
            waiting = self._queues.get(turn)
            if waiting is None:
                return
            first = next(iter(waiting))
            self._unqueue(first)
            first.tell(events.TurnCame())  # who has given up meanwhile leaves it to the next

    def _unqueue(self, client: Client) -> None:
        turn = self._queued.pop(client, "")
        if turn:
            waiting = self._queues[turn]
            del waiting[client]
            if not waiting:
                del self._queues[turn]

    @property
    def waiting(self) -> int:
        """Clients that wait for a turn."""
        return len(self._queued)

    def attends(self, client: Client, workspace: str) -> None:
        """A client's request is for this workspace."""
        self._presence.move(client, workspace)

    def log(self, record: Record) -> None:
        """Write an access line."""
        for tell in self._told:
            tell(record)
        if self.draining:
            self._changed.set()

    def joined(self, kind: str, *, by: int = 1) -> None:
        """A tunnel of this kind of host has begun, or (`by` -1) has ended."""
        self.upgrades[kind] += by

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Own a client's task."""
        return self._tasks.spawn(work, name)

    # --- the route feed ---

    def feed(self, message: FeedMessage) -> bool:
        """Take a message in and close what it makes void; false when one was missed."""
        touched = self.world.table.apply(message, time.monotonic())
        if touched is None:
            return False
        self._fresh = True
        self.changes += 1
        if message.epoch == self.world.table.epoch:
            self.caught_up.set()
        if touched:
            concerned = self._concerned(touched)
            self._revoke(concerned)
            self._wake(concerned)
            self._forget(touched)
        return True

    def _concerned(self, touched: set[str]) -> list[Client]:
        return list(self._clients) if EVERYTHING in touched else self._presence.of(touched)

    def _revoke(self, clients: list[Client]) -> None:
        table = self.world.table
        fresh, now = table.fresh(time.monotonic()), time.time()
        for client in clients:
            forward = client.core.forward
            if forward is not None and not still_open(table, forward, fresh=fresh, now=now):
                client.tell(events.Revoked())

    def _wake(self, clients: list[Client]) -> None:
        for client in clients:
            if client.core.waits_for:
                client.tell(events.Rerouted())

    def _forget(self, touched: set[str]) -> None:
        """Close kept connections to instances that are none any more."""
        routes = self.world.table.routes
        for workspace in self.pool.workspaces() if EVERYTHING in touched else touched:
            route = routes.get(workspace)
            self.pool.forget(workspace, route.instance if route is not None else "")

    # --- services ---

    def give_up(self, service: Service) -> None:
        """Answer those who wait for a service that does not answer."""
        for client in list(self._clients):
            forward = client.core.forward
            if forward is not None and forward.upstream.target is service:
                client.tell(events.ServiceAway())

    # --- time ---

    async def sweep(self) -> None:
        """Look at deadlines for ever."""
        while True:
            await asyncio.sleep(SWEEP)
            now = time.monotonic()
            for client in [one for one in self._clients if one.core.deadline <= now]:
                client.tell(events.Tick())
            self.pool.sweep(now)
            fresh = self.world.table.fresh(now)
            if self._fresh and not fresh:  # nothing is public any more
                self._revoke(list(self._clients))
            self._fresh = fresh
            self._revoke(self._expired(time.time()))

    def _expired(self, now: float) -> list[Client]:
        forwards = [(client, client.core.forward) for client in self._clients]
        return [client for client, one in forwards if one is not None and one.until <= now]

    async def drain(self, ending: Ending) -> None:
        """Let everybody finish while there is time; then end everything."""
        self.draining = True
        clients = list(self._clients)
        tunnels = [one for one in clients if one.core.forward and not one.core.working]
        for client in set(clients) - set(tunnels):
            client.tell(events.Draining())
        for number, client in enumerate(tunnels):
            if number and number % AT_ONCE == 0:
                await asyncio.sleep(min(STEP, ending.left))
            client.tell(events.Draining())
        await asyncio.sleep(min(SHAKING if self.world.tls else ACCEPTED, ending.left))
        while self._clients and ending.left:
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(SWEEP, ending.left)):
                    await self._changed.wait()
        for client in list(self._clients):
            client.abort()
        self.pool.close()
        await self._tasks.close()
        self._log.flush()
