"""The port is there from the start, the server when somebody comes, and again after its death."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from kit.tasks import Tasks
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from supervisor.host.sshserver import SshServer
from tests.ports import free_port
from tests.supervisor.samples import wish
from tests.supervisor.sshd.conftest import connecting
from tests.tree.sources import ROOT
from tests.waiting import until


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest_asyncio.fixture
async def tasks() -> AsyncIterator[Tasks]:
    made = Tasks()
    yield made
    await made.close()
    asyncio.get_running_loop().remove_signal_handler(signal.SIGCHLD)


def made(account: Account, told: list) -> SshServer:
    reaper = Reaper()
    reaper.install()
    environment = {"HOME": account.home, "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return SshServer(reaper, account, lambda: told[0], lambda _desired: environment)


async def test_whoever_comes_finds_the_server_also_after_it_was_killed(
    account: Account, tasks: Tasks
) -> None:
    port = free_port()
    tasks.spawn(made(account, [wish(repository=account.home)]).serve(port), "ssh")
    for _ in range(2):
        async with connecting(port) as inside:
            parent = await inside.run("ps -o ppid= -p $$")
            os.kill(int(str(parent.stdout)), signal.SIGKILL)
            await inside.wait_closed()


async def test_nobody_is_answered_before_the_key_is_known(account: Account, tasks: Tasks) -> None:
    port, told = free_port(), [None]
    tasks.spawn(made(account, told).serve(port), "ssh")
    await until(lambda: listens(port))
    told[0] = wish(repository=account.home)
    async with connecting(port) as inside:
        assert (await inside.run("echo in")).stdout == "in\n"
        parent = await inside.run("ps -o ppid= -p $$")
        os.kill(int(str(parent.stdout)), signal.SIGTERM)


async def test_a_port_that_is_taken_is_done_without(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        await made(account, [None]).serve(other.getsockname()[1])
    assert "ssh_not_served" in capsys.readouterr().err
    asyncio.get_running_loop().remove_signal_handler(signal.SIGCHLD)
