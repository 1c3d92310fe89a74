"""Sockets outlive the program that waits on them; a port that is taken is waited for."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from proxy.ssh import sockets
from tests.ports import free_port
from tests.tree.sources import ROOT
from tests.waiting import until
from wire.layout import tag_of


def test_it_listens_on_port_and_path(tmp_path: Path) -> None:
    path = tmp_path / "ssh.sock"
    made = sockets.listen("127.0.0.1", free_port(), str(path))
    assert {one.family for one in made} >= {socket.AF_INET, socket.AF_UNIX}
    assert path.stat().st_mode & 0o777 == 0o600
    with socket.create_connection(made[0].getsockname()):
        sockets.wait(made)
    for one in made:
        one.close()


def test_a_port_that_is_taken_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sockets, "AGAIN", 0.01)
    made: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        path = str(tmp_path / "s")
        waiting = threading.Thread(
            target=lambda: made.extend(sockets.listen("127.0.0.1", port, path))
        )
        waiting.start()
        until(lambda: f":{port}: " in capsys.readouterr().err)
    waiting.join(10)
    assert made[0].getsockname()[1] == port
    for one in made:
        one.close()


def test_the_small_program_becomes_the_gateway_at_the_first_client(tmp_path: Path) -> None:
    """And is the same process: the launcher notices nothing."""
    port = free_port()
    (tmp_path / "home/ssh").mkdir(parents=True)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PODIUM_HOME": str(tmp_path / "home"),
        "PODIUM_RUN_ROOT": str(tmp_path),
        "PODIUM_SSH_PORT": str(port),
    }
    home = os.path.realpath(tmp_path / "home")
    (tmp_path / tag_of(home) / "ssh").mkdir(parents=True)
    process = subprocess.Popen([sys.executable, "-P", "-m", "proxy.ssh"], env=environment)
    try:
        until(lambda: probe(port), timeout=30)
        assert b"asyncssh" not in Path(f"/proc/{process.pid}/maps").read_bytes()
        with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
            assert client.makefile("rb").readline() == b"SSH-2.0-Podium\r\n"
        assert b"proxy.ssh.serving" in Path(f"/proc/{process.pid}/cmdline").read_bytes()
    finally:
        process.terminate()
        process.wait(60)
    assert process.returncode == 0


def probe(port: int) -> bool:
    """Tell whether somebody listens, without becoming a client."""
    wanted = f":{port:04X} "
    return any(
        wanted in line and " 0A " in line for line in Path("/proc/net/tcp").read_text().splitlines()
    )
