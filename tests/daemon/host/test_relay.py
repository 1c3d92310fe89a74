"""Who may call: root and the platform's user, nobody else."""

import asyncio
import os
import socket
import subprocess
from pathlib import Path

import pytest

from daemon.host.relay import Relay
from kit.unixsocket import bind_unix
from tests.anyone import PYTHON

pytestmark = pytest.mark.root

KNOCK = """
import socket, sys
one = socket.socket(socket.AF_UNIX)
one.settimeout(5)
one.connect(sys.argv[1])
one.sendall(b"hello")
print(one.recv(10))
"""


async def _knock(path: str, uid: int) -> str:
    process = await asyncio.create_subprocess_exec(
        *(*PYTHON, "-c", KNOCK, path),
        user=uid,
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await process.communicate()
    return (out + err).decode()


@pytest.fixture
def folder(tmp_path) -> Path:
    for one in (tmp_path, *tmp_path.parents):
        if one.stat().st_uid == os.getuid() and str(one).startswith("/tmp/pytest"):
            one.chmod(0o755)
    return tmp_path


async def test_root_and_the_user_pass_and_others_do_not(folder):
    echo = await asyncio.start_unix_server(_answer, sock=bind_unix(str(folder / "inner"), 0o600))
    relay = Relay(str(folder / "inner"), frozenset({0, 4242}))
    relay.serve(str(folder / "outer"))
    assert await _knock(str(folder / "outer"), 0) == "b'hello'\n"
    assert await _knock(str(folder / "outer"), 4242) == "b'hello'\n"
    assert "hello" not in await _knock(str(folder / "outer"), 4243)
    await relay.close()
    echo.close()


async def _answer(reader, writer):
    writer.write(await reader.read(10))
    writer.close()


def test_the_sockets_of_a_daemon_lie_in_closed_folders(host):
    run = Path(host.layout.run)
    for folder in (Path(host.layout.daemon_run), run / "node", Path(host.layout.instances_run)):
        assert folder.stat().st_mode & 0o777 == 0o700
    for path in (host.layout.daemon_socket, host.layout.dial_socket):
        assert Path(path).is_socket()
    with socket.socket(socket.AF_UNIX) as one:
        one.connect(str(run / "node" / "grpc.sock"))
