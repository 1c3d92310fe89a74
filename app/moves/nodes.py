"""The nodes as this server sees them now: who answers, who is leased until when, who has room.

Rows keep what outlives the server: which nodes there were, and which are being emptied. What
rests on a clock does not: a server that begins knows nothing of the grants of the one before.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from math import inf

import structlog
from sqlalchemy import select

from app.db.nodes import LOST, NodeRow
from app.db.sessions import Database
from app.db.workspaces import LOCAL
from app.moves.choosing import Candidate, choose
from app.moves.node import Node
from app.runtime.lease import Held
from app.runtime.loop import Reconciler
from app.runtime.nodes import Lease
from app.runtime.port import Content, ContentState, Refused, Runtime, Unreachable
from app.workspaces.store import Store
from kit.clock import Clock
from kit.tasks import Tasks

_log = structlog.get_logger(__name__)
WHOLE = frozenset({ContentState.READY, ContentState.SEALED})
"""States of a tree that is there."""
MOST = 10.0
"""Seconds between grants at most; else a tenth of the lease."""


class Nodes:
    """All nodes, the local one first."""

    def __init__(self, database: Database, clock: Clock, lease: float) -> None:
        """`lease` is in seconds."""
        self._database = database
        self._clock = clock
        self._lease = lease
        self._began = clock.monotonic()
        self.every: dict[str, Node] = {}
        self._unnamed: dict[str, float | None] = {}
        """Nodes that the settings name no more → what they were granted."""
        self.before_grant: Callable[[Node], Awaitable[None]] | None = None
        """Has a node that may have been away for too long told what has moved since."""
        self.leads: Callable[[], bool] = lambda: True
        """Whether this server grants the time: another one does not know when a node's is over."""

    def anew(self) -> None:
        """Begin a term: what another server may have granted is waited for from now on."""
        self._began = self._clock.monotonic()
        for node in self.every.values():
            if node.held is not None:
                node.held = Held(self._lease, self._began)

    def add(
        self,
        name: str,
        runtime: Runtime,
        content: Content,
        lease: Lease | None,
        reconciler: Reconciler,
        address: str = "",
    ) -> None:
        """Take a node in, the local one first."""
        node = Node(name, runtime, content, lease, reconciler, address)
        node.held = None if name == LOCAL else Held(self._lease, self._began)
        self.every[name] = node

    def listen(self, store: Store) -> None:
        """Wake every reconciler after each change."""
        for node in self.every.values():
            store.listen(node.reconciler.wake)

    @property
    def several(self) -> bool:
        """Whether there is any but the local one."""
        return len(self.every) > 1

    @property
    def alone(self) -> bool:
        """Whether there is, and ever was, the local one only."""
        return not self.several and not self._unnamed

    def admits(self, name: str) -> bool:
        """Tell whether starts may begin there."""
        node = self.every.get(name)
        if node is None:
            return True
        # before its first grant, and after its last one, it would refuse them
        held, now = node.held, self._clock.monotonic()
        leased = held is None or (held.clock is not None and not held.gone(now))
        return leased and not node.draining

    def begins_not(self, name: str) -> str:
        """Return why nothing new begins on a node, in words; empty when it does.

        The local one is waited for when it does not answer, as with every start.
        """
        node = self.every.get(name)
        if node is None:
            return "is not one of this installation"
        away = name != LOCAL and not node.candidate.answers
        return "does not answer" if away else "is being emptied" if node.draining else ""

    def answers(self, name: str) -> bool:
        """Tell whether a node does."""
        node = self.every.get(name)
        return node is not None and node.reconciler.observed() is not None

    def holding(self, workspace: str) -> list[str]:
        """Return the nodes that have a whole tree of a workspace: its own, or one left behind.

        One that does not answer may have one, and one that is back only now.
        """
        seen = {name: one.reconciler.observed() for name, one in self.every.items()}
        trees = {name: one.contents.get(workspace) for name, one in seen.items() if one is not None}
        return [
            name
            for name, node in self.every.items()
            if name not in trees
            or node.returning
            or ((tree := trees[name]) is not None and tree.state in WHOLE)
        ]

    def candidates(self) -> list[Candidate]:
        """Return what choices are made from."""
        return [one.candidate for one in self.every.values()]

    def place(self) -> str:
        """Return where a new workspace begins."""
        return (choose(self.candidates()) or LOCAL) if self.several else LOCAL

    def gone_in(self, name: str) -> float | None:
        """Return the seconds until a node has stopped by itself; 0: it has; None: it never does.

        One that the settings do not name any more is waited for from this server's beginning.
        Of one that may run something without a lease nobody ever knows: infinitely many, until
        somebody says that it is lost.
        """
        node = self.every.get(name)
        if node is not None and node.held is None:
            return None
        granted = self._unnamed.get(name) if node is None else node.granted
        if granted is None:
            return inf
        if node is not None and node.returning:
            return self._lease
        if granted == LOST:
            return 0.0
        held = None if node is None else node.held
        held = held or Held(self._lease, self._began, longest=granted)
        return max(0.0, held.gone_at - self._clock.monotonic())

    async def load(self) -> None:
        """Take in what the rows say, and note the nodes that are new."""
        if not self.several:
            async with self._database.read() as session:
                rows = {one.name: one for one in (await session.scalars(select(NodeRow))).all()}
            local = rows.pop(LOCAL, None)
            self.every[LOCAL].draining = False if local is None else local.draining
            self._unnamed = {name: row.granted for name, row in rows.items()}
            return
        async with self._database.write() as session:
            known = {one.name: one for one in (await session.scalars(select(NodeRow))).all()}
            for name, node in self.every.items():
                row = known.get(name)
                if row is None:
                    session.add(NodeRow(name=name, address=node.address))
                else:
                    row.address, node.draining = node.address, row.draining
                    node.seen, node.granted = row.seen_at, row.granted
                    if node.held is not None:
                        node.held = replace(node.held, longest=row.granted or 0.0)
            self._unnamed = {
                name: row.granted for name, row in known.items() if name not in self.every
            }

    async def drain(self, name: str, *, draining: bool) -> None:
        """Have a node emptied, or not any more."""
        async with self._database.write() as session:
            row = await session.get(NodeRow, name)
            if row is None:
                row = NodeRow(name=name, address=self.every[name].address)
                session.add(row)
            row.draining = draining
        self.every[name].draining = draining

    def knows(self, name: str) -> bool:
        """Tell whether the settings name a node, or did once."""
        return name in self.every or name in self._unnamed

    async def lose(self, name: str) -> bool:
        """Take a further node for gone, on somebody's word, until it answers.

        Tells whether that is done: not of one that answers.
        """
        node = self.every.get(name)
        if node is None:
            await self._write(name, "", LOST)
            self._unnamed[name] = LOST
        else:
            async with node.turn:  # no grant is on its way meanwhile
                if await node.reached():
                    return False
                # as of a clock that is not known: nothing is granted before it was told what moved
                node.held = Held(self._lease, self._clock.monotonic())
                await self._note(node, LOST)
        _log.warning("node_lost", node=name)
        return True

    async def run(self) -> None:
        """Grant time to every node until cancelled."""
        if not self.several:
            return
        tasks = Tasks()
        for node in self.every.values():
            tasks.spawn(self._keep(node), f"lease of {node.name}")
        try:
            await asyncio.Event().wait()
        finally:
            await tasks.close()

    async def _keep(self, node: Node) -> None:
        while True:
            await self.attempt(node)
            await asyncio.sleep(min(MOST, self._lease / 10))

    async def attempt(self, node: Node) -> None:
        """Grant a node time if it can be done; that it cannot is noted and told."""
        try:
            await self._attempt(node)
        except Exception:  # noqa: BLE001 - the root of a task that must go on: no grant, no lease
            _log.exception("lease_failed", node=node.name)

    async def _attempt(self, node: Node) -> None:
        try:
            await self.grant(node)
        except Unreachable as error:
            _log.info("node_unanswered", node=node.name, detail=str(error))
        except Refused as error:  # an older daemon, for example: nothing stops that by itself
            _log.warning("lease_refused", node=node.name, detail=str(error))
            await self._note(node, None)

    async def grant(self, node: Node) -> None:
        """Let a node go on; one that was away is told first what it may not go on with."""
        async with node.turn:
            await self._grant(node)

    async def _grant(self, node: Node) -> None:
        held, lease = node.held, node.lease
        if lease is None:
            return
        if held is not None and (held.clock is None or held.gone(self._clock.monotonic())):
            await self._come_back(node, lease, held)
            held = node.held
        if held is not None and node.granted is not None:
            # a server that begins after this one waits for what is granted now
            await self._note(node, max(node.granted, held.length))
        answer = await lease.hold(None if held is None else held.grant)
        node.free, node.seen = answer.free, self._clock.now()
        if held is None:
            return
        node.held = held = held.told(answer.clock, self._clock.monotonic(), answer.until)
        # from here on nothing runs there without, and no longer than that
        await self._note(node, max(held.length, held.longest))

    async def _note(self, node: Node, granted: float | None) -> None:
        """Keep for how long a node may have been granted time; first in the row."""
        if node.held is None or node.granted == granted:
            return
        if granted is None:
            node.granted = None
        await self._write(node.name, node.address, granted)
        node.granted = granted

    async def _write(self, name: str, address: str, granted: float | None) -> None:
        async with self._database.write() as session:
            row = await session.get(NodeRow, name)
            if row is None:
                row = NodeRow(name=name, address=address)
                session.add(row)
            row.granted = granted

    async def _come_back(self, node: Node, lease: Lease, held: Held) -> None:
        """Ask for its clock, and nothing is granted before it was told what has moved."""
        answer = await lease.hold(None)
        node.returning = True  # from here on nothing is taken from it as from one that is gone
        try:
            if node.lost:  # the word was of a machine that is off
                await self._note(node, None)
                _log.info("lost_node_answers", node=node.name)
            if self.before_grant is not None:
                await self.before_grant(node)
            node.held = held.told(answer.clock, self._clock.monotonic(), answer.until)
        finally:
            node.returning = False
