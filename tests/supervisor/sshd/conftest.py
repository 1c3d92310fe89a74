"""A workspace's SSH server in this process, and somebody who is signed in to it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh
import pytest
import pytest_asyncio

from kit.tasks import Tasks
from supervisor.sshd.server import Setup, serve
from wire.ssh import host_seed, login_digest, login_password

KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="


def setup_in(folder: Path) -> Setup:
    return Setup(  # noqa: S604 - a shell of the person's, named and not run
        digest=login_digest(login_password(KEY)),
        seed=host_seed(KEY).hex(),
        shell="/bin/bash",
        folder=str(folder),
    )


@pytest_asyncio.fixture
async def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    number = listening.getsockname()[1]
    tasks = Tasks()
    tasks.spawn(serve(listening, setup_in(tmp_path)), "sshd")
    yield number
    await tasks.close()
    listening.close()
    assert Path.cwd() == home


def connecting(port: int, password: str | None = None) -> "asyncssh.misc._ACMWrapper":
    return asyncssh.connect(
        "127.0.0.1",
        port,
        config=None,
        username="gitpod",
        password=login_password(KEY) if password is None else password,
        known_hosts=None,
        client_keys=None,
        agent_path=None,
    )


@pytest_asyncio.fixture
async def inside(port: int) -> AsyncIterator[asyncssh.SSHClientConnection]:
    async with connecting(port) as connection:
        yield connection
    await asyncio.gather(connection.wait_closed())
