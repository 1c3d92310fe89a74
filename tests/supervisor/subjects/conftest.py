"""A workspace's context in folders of a test, and a count of the news."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from supervisor.host.processes import Account
from supervisor.host.soundness import Soundness
from supervisor.settings import Settings
from supervisor.subjects.context import Context
from supervisor.subjects.terminals import TerminalsSubject
from tests.ports import free_port

STOPPED = {"tasks", "config", "ide", "checkout", "git", "disk", "dotfiles", "doorway", "spawned"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environ(
        {
            "SUPERVISOR_SERVER_SOCKET": str(tmp_path / "server.sock"),
            "SUPERVISOR_LOCAL_SOCKET": str(tmp_path / "gp.sock"),
            "SUPERVISOR_CHECKOUT_MARKER": str(tmp_path / "state" / "marker"),
            "SUPERVISOR_TASKS": str(tmp_path / "tasks"),
            "SUPERVISOR_IDE_LOG": str(tmp_path / "ide.log"),
            "SUPERVISOR_IDE_COMMAND": "sleep 1000",
            "SUPERVISOR_IDE_PORT": str(free_port()),
        }
    )


@pytest.fixture
async def context(settings: Settings, account: Account) -> AsyncIterator[Context]:
    made = Context(settings, "the-token", 0.0)
    made.account = account
    made.data = f"{account.home}/vscode"
    made.reaper.install()
    async with asyncio.TaskGroup() as group:
        made.live_in(group)
        yield made
        for task in asyncio.all_tasks():
            if task.get_name() in STOPPED:
                task.cancel()


@pytest.fixture
async def terminals(context: Context) -> AsyncIterator[TerminalsSubject]:
    made = TerminalsSubject(context, lambda: None, Soundness(context.account, context.changed))
    yield made
    for one in made.all.alive:
        os.killpg(one.pid, signal.SIGKILL)
        await one.running.exited
