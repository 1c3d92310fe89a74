"""A reconciler over pods, and the trouble that a cluster makes."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.runtime.loop import Reconciler
from app.runtime.plan import Goal
from kit.clock import SystemClock
from kit.tasks import Tasks
from tests.app.runtime.ledger import WORKSPACE, Ledger
from tests.contract.cluster import ClusterWorld
from tests.waiting import until


class Drive:
    def __init__(self, world: ClusterWorld) -> None:
        self.world, self.ledger = world, Ledger()
        self.objects, self.faults = world.server.objects, world.server.faults
        self.loop: Reconciler | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Reconciler]:
        tasks = Tasks()
        runtime, daemon = self.world.runtime, self.world.daemon
        self.loop = Reconciler(runtime, daemon, self.ledger, SystemClock(), period=0.05)
        tasks.spawn(self.loop.run(), "reconciler")
        try:
            yield self.loop
        finally:
            await tasks.close()

    async def told(self, word: str) -> None:
        await until(lambda: word in self.ledger.told)

    async def started(self) -> None:
        self.ledger.want(Goal.RUN)
        await self.told("container running")

    async def clean(self) -> None:
        """Wait until nothing of any instance is left on the cluster."""
        await until(lambda: not self.objects.kept["pods"] and not self.objects.kept["secrets"])

    def pods(self) -> list[dict[str, Any]]:
        return self.objects.select("pods", "")

    def pod(self) -> dict[str, object]:
        return self.objects.get("pods", WORKSPACE)


class Trouble:
    """What a cluster does to those who ask it, one thing at a time."""

    def __init__(self, drive: Drive, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 -- a seeded run
        self.world, self.faults = drive.world, drive.faults
        self.kinds = (self.away, self.forgetful, self.busy, self.doubled, self.full, self.held)

    def happen(self) -> None:
        self.chance.choice(self.kinds)()

    def end(self) -> None:
        self.faults.down = self.faults.silent = self.world.kubelet.held = False
        self.world.kubelet.rejects = 0

    def away(self) -> None:
        self.faults.down, self.faults.silent = self.chance.choices([True, False], k=2)
        self.world.server.cut()

    def forgetful(self) -> None:
        self.world.server.objects.forget()

    def busy(self) -> None:
        self.faults.throttled, self.faults.failing = self.chance.choices(range(4), k=2)

    def doubled(self) -> None:
        self.faults.twice = not self.faults.twice

    def full(self) -> None:
        self.world.kubelet.rejects = self.chance.randrange(3)

    def held(self) -> None:
        self.world.kubelet.held = not self.world.kubelet.held
