"""Podman's socket: there where containers can run, and a service only while somebody asks."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.tasks import Tasks
from supervisor.host.engine import Engine
from supervisor.host.reaper import Reaper
from tests.waiting import until

SERVICE = """\
#!/usr/bin/env python3
import os, socket, sys
assert sys.argv[1:] == ["system", "service", "--time=60"], sys.argv
assert os.environ["LISTEN_PID"] == str(os.getpid()), "podman looks whether it is meant"
assert os.environ["LISTEN_FDS"] == "1"
with open(os.environ["HOME"] + "/starts", "a") as file:
    file.write("started\\n")
listener = socket.socket(fileno=3)
listener.setblocking(True)
connection, _ = listener.accept()
connection.sendall(b"podman")
connection.close()
sys.exit(CODE)
"""


@pytest.fixture
async def reaper() -> Reaper:
    made = Reaper()
    made.install()
    return made


def engine_of(reaper: Reaper, account, folder: Path, code: int = 0) -> Engine:
    program = folder / "podman"
    program.write_text(SERVICE.replace("CODE", str(code)))
    program.chmod(0o755)
    (folder / "tun").touch()
    return Engine(
        reaper,
        account,
        program=str(program),
        tunnel=str(folder / "tun"),
        runtime=str(folder),
        docker=str(folder / "docker.sock"),
    )


@pytest.fixture
async def engine(reaper: Reaper, account, tmp_path: Path) -> AsyncIterator[Engine]:
    made = engine_of(reaper, account, tmp_path)
    made.open()
    tasks = Tasks()
    tasks.spawn(made.serve(), "engine")
    yield made
    await tasks.close()


async def ask(path: Path) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(path))
    said = await reader.read()
    writer.close()
    return said


async def test_docker_finds_it_where_it_looks(engine: Engine, tmp_path: Path):
    socket = tmp_path / str(os.getuid()) / "podman" / "podman.sock"
    assert engine.environment == {
        "XDG_RUNTIME_DIR": str(tmp_path / str(os.getuid())),
        "DOCKER_HOST": f"unix://{socket}",
    }
    assert (tmp_path / "docker.sock").readlink() == socket
    assert socket.stat().st_mode & 0o777 == 0o600
    assert socket.parent.parent.stat().st_mode & 0o777 == 0o700


async def test_the_service_is_started_by_each_first_question(engine: Engine, tmp_path: Path):
    assert not (tmp_path / "starts").exists()
    for count in (1, 2):
        assert await ask(tmp_path / "docker.sock") == b"podman"
        assert (tmp_path / "starts").read_text().count("started") == count


async def test_without_podman_or_its_device_there_is_only_the_folder(
    reaper: Reaper, account, tmp_path: Path
):
    engine = engine_of(reaper, account, tmp_path)
    (tmp_path / "tun").unlink()
    engine.open()
    assert list(engine.environment) == ["XDG_RUNTIME_DIR"]
    await engine.serve()
    await engine.stop()
    assert not (tmp_path / "docker.sock").exists()


async def test_a_service_that_fails_is_started_again_later(
    reaper: Reaper, account, tmp_path: Path, capsys
):
    engine = engine_of(reaper, account, tmp_path, code=3)
    engine.open()
    tasks = Tasks()
    tasks.spawn(engine.serve(), "engine")
    assert await ask(tmp_path / "docker.sock") == b"podman"
    await until(lambda: "engine_service_failed" in capsys.readouterr().err)
    assert await ask(tmp_path / "docker.sock") == b"podman"
    await tasks.close()
