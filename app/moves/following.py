"""What a server knows of nodes that another one leads, or was asked about.

Time is granted by the server that leads, and by no other: who stands by only asks nodes for their
clock, which tells that they answer and how much room they have. That a node is to be emptied can
be said to any of them, and is in its row.
"""

import asyncio

import structlog
from sqlalchemy import select

from app.db.nodes import NodeRow
from app.db.sessions import Database
from app.moves.node import Node
from app.moves.nodes import Nodes
from app.runtime.port import Refused, Unreachable
from kit.clock import Clock

_log = structlog.get_logger(__name__)
PERIOD = 10.0
"""Seconds between looks."""


class NodesFollowed:
    """Over the nodes of this server, and their rows."""

    def __init__(self, nodes: Nodes, database: Database, clock: Clock) -> None:
        self._nodes = nodes
        self._database = database
        self._clock = clock
        self._moved = asyncio.Event()

    def wake(self) -> None:
        """Look soon."""
        self._moved.set()

    async def run(self) -> None:
        """Take in what other servers were asked for, while this one leads."""
        await self._keep_up(leads=True)

    async def follow(self) -> None:
        """Take in what the server that leads has written, and ask the nodes how they are."""
        await self._keep_up(leads=False)

    async def _keep_up(self, *, leads: bool) -> None:
        while True:
            self._moved.clear()
            try:
                await self.look(leads=leads)
            except Exception:  # noqa: BLE001 - the root of a task that must go on: the next look reads everything again
                _log.exception("look_failed", part="nodes")
            try:
                async with asyncio.timeout(PERIOD):
                    await self._moved.wait()
            except TimeoutError:
                continue

    async def look(self, *, leads: bool) -> None:
        """Look once."""
        async with self._database.read() as session:
            rows = {one.name: one for one in (await session.scalars(select(NodeRow))).all()}
        for name, node in self._nodes.every.items():
            row = rows.get(name)
            if row is None:
                continue
            node.draining = row.draining
            if not leads:
                node.granted = row.granted
                await self._ask(node)

    async def _ask(self, node: Node) -> None:
        if node.lease is None:
            return
        try:
            answer = await node.lease.hold(None)
        except (Refused, Unreachable):
            return
        node.free, node.seen = answer.free, self._clock.now()
