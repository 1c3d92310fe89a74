"""People use the proxy all the time, while it begins anew and its processes are killed.

A renewal drops nothing. A killed worker takes what it had in work, a killed master nothing;
nobody is ever refused.
"""

import os
import random
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
import uvloop

from tests.proxy.net.processes import Processes
from tests.proxy.net.traffic import Traffic
from tests.waiting import until

ROUNDS = int(os.environ.get("PODIUM_ROUNDS", "60"))
SEED = 20261126
WORKERS = 2

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1800)]


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], Any]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
async def processes() -> AsyncIterator[Processes]:
    made = Processes()
    made.workers = WORKERS
    try:
        await made.start()
        await made.serves()
        yield made
    finally:
        await made.stop()


async def settled(processes: Processes) -> None:
    """Return when as many workers serve as should, and nobody else is left."""
    await until(lambda: len(processes.pids()) == WORKERS, 60)


async def test_renewals_drop_nothing(processes: Processes) -> None:
    async with Traffic(processes) as traffic:
        for _ in range(ROUNDS):
            await traffic.flows()
            await processes.renew()
            await settled(processes)
    assert traffic.failures == []
    assert traffic.reconnections > ROUNDS


async def test_nobody_is_refused_whoever_is_killed(processes: Processes) -> None:
    chance = random.Random(SEED)  # noqa: S311 - reproducible rounds, not a secret
    killing = False
    async with Traffic(processes, spares=lambda: killing) as traffic:
        for _ in range(ROUNDS):
            await traffic.flows()
            match chance.choice(["renew", "worker", "master"]):
                case "renew":
                    await processes.renew()
                case "worker":
                    killing = True
                    ready = processes.count("worker_ready")
                    processes.kill_worker()
                    await until(lambda ready=ready: processes.count("worker_ready") > ready, 60)
                    await traffic.flows()
                    killing = False
                case "master":
                    ready = processes.count("worker_ready")
                    await processes.kill_master()
                    await until(
                        lambda ready=ready: processes.count("worker_ready") >= ready + WORKERS, 60
                    )
            await settled(processes)
    assert traffic.failures == []
