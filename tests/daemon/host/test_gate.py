"""A socket serves the users it is for; to others it says nothing at all."""

import asyncio
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from daemon.host.gate import listen
from kit.tasks import Tasks
from tests.anyone import PYTHON

pytestmark = pytest.mark.root
KNOCK = """
import socket, sys
one = socket.socket(socket.AF_UNIX)
one.settimeout(5)
one.connect(sys.argv[1])
print(one.recv(10))
"""


async def greet(connection: socket.socket) -> None:
    with connection:
        await asyncio.get_running_loop().sock_sendall(connection, b"welcome")


async def knock(path: Path, uid: int) -> str:
    process = await asyncio.create_subprocess_exec(
        *(*PYTHON, "-c", KNOCK, str(path)),
        user=uid,
        cwd="/",
        stdout=subprocess.PIPE,
    )
    out, _err = await process.communicate()
    return out.decode().strip()


async def test_only_these_users_are_served(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    path, tasks = tmp_path / "gate.sock", Tasks()
    listen(str(path), frozenset({0, 65534}), tasks, "gate", greet)
    try:
        assert await knock(path, 0) == "b'welcome'"
        assert await knock(path, 65534) == "b'welcome'"
        assert await knock(path, 33333) == "b''"
    finally:
        await tasks.close()


async def test_the_mode_alone_keeps_others_out_where_root_is_meant(tmp_path: Path) -> None:
    path, tasks = tmp_path / "gate.sock", Tasks()
    listen(str(path), frozenset({0}), tasks, "gate", greet)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    await tasks.close()
