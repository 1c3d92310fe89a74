import asyncio
import os
import signal
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from daemon.host.helper import HelperFailed
from daemon.host.spares import KINDS, Spares
from kit.tasks import Tasks
from tests.waiting import until


@asynccontextmanager
async def _spares(kinds=("launch_child",)):
    tasks = Tasks()
    spares = Spares(tasks, kinds, rest=0.0)
    spares.open()
    try:
        yield spares
    finally:
        await spares.close()
        await tasks.close()


async def test_one_of_each_kind_waits_for_its_plan_and_ends_with_the_daemon():
    async with _spares(KINDS) as spares:
        await until(lambda: spares.held.keys() == set(KINDS))
        pids = list(spares.held.values())
        assert all(_lives(pid) for pid in pids)
    assert not any(_lives(pid) for pid in pids)


async def test_what_is_taken_serves_once_and_is_made_anew():
    async with _spares() as spares:
        await until(lambda: spares.held)
        first, heard = spares.held["launch_child"], []
        with pytest.raises(HelperFailed, match=r"KeyError|PermissionError"):
            await spares.run("launch_child", {}, on_stderr=heard.append)
        assert b"Traceback" in b"".join(heard)
        await until(lambda: spares.held)
        assert spares.held["launch_child"] != first


async def test_a_spare_that_died_is_not_missed():
    async with _spares() as spares:
        await until(lambda: spares.held)
        os.kill(spares.held["launch_child"], signal.SIGKILL)
        await until(lambda: not spares.held)
        with pytest.raises(HelperFailed, match=r"KeyError|PermissionError"):
            await spares.run("launch_child", {})


async def test_two_at_once_get_one_each():
    async with _spares() as spares:
        await until(lambda: spares.held)
        ends = await asyncio.gather(
            *(spares.run("launch_child", {}) for _ in range(2)), return_exceptions=True
        )
        assert [type(one) for one in ends] == [HelperFailed, HelperFailed]


async def test_a_kind_that_nobody_keeps_is_started_when_it_is_wanted():
    async with _spares(()) as spares:
        with pytest.raises(HelperFailed, match=r"KeyError|PermissionError"):
            await spares.run("launch_child", {})
        assert spares.held == {}


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
