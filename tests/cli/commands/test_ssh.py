"""`podium ssh-keys`, `workspace ssh` and `ssh-proxy`: what they ask for, run and carry."""

import asyncio
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from cli.__main__ import parser
from cli.commands import ssh
from cli.commands.client import Client, Endpoint
from cli.problems import CommandError
from tests.cli.answers import Request, serving
from tests.cli.commands.views import ID, view_of
from tests.tree.sources import ROOT
from wire.ssh import TUNNEL_TOKEN_HEADER

KEY = {"id": "k_1", "title": "laptop", "fingerprint": "SHA256:x"}


class Api:
    """Keys, one workspace, and passwords for it."""

    def __init__(self, ide: str = "") -> None:
        self.requests: list[Request] = []
        self.view = {**view_of("running"), "ide_url": ide or f"http://{ID}.ws.localhost:1"}

    def answer(self, request: Request) -> tuple[int, Any]:
        self.requests.append(request)
        answers: dict[str, tuple[int, Any]] = {
            "GET /ssh-keys": (200, {"keys": [KEY]}),
            "POST /ssh-keys": (201, KEY),
            "DELETE /ssh-keys/k_1": (204, b""),
            "GET /workspaces": (200, {"workspaces": [self.view]}),
            f"GET /workspaces/{ID}": (200, self.view),
            f"POST /workspaces/{ID}/ssh-tokens": (201, {"password": "secret"}),
        }
        return answers[f"{request.method} {request.path.removeprefix('/api/v1')}"]

    def run(self, *words: str) -> int:
        with serving(self.answer) as server:
            client = Client(Endpoint("podium.localhost", "127.0.0.1", server.port), "t")
            return ssh.run(client, parser().parse_args(["ssh-keys", *words]))


def podium(port: int, *words: str, **more: str) -> "subprocess.Popen[bytes]":
    environment = {"PODIUM_URL": f"http://podium.localhost:{port}", "PODIUM_TOKEN": "t", **more}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_keys_are_listed_added_and_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api()
    assert api.run("list") == 0
    assert capsys.readouterr().out == "  k_1  laptop  SHA256:x\n"
    file = tmp_path / "id.pub"
    file.write_text("ssh-ed25519 AAAA me")
    api.run("add", str(file), "--title", "laptop")
    monkeypatch.setattr(sys, "stdin", io.StringIO("ssh-ed25519 BBBB"))
    api.run("add", "-")
    sent = [one.body for one in api.requests if one.method == "POST"]
    assert sent == [
        {"key": "ssh-ed25519 AAAA me", "title": "laptop"},
        {"key": "ssh-ed25519 BBBB", "title": ""},
    ]
    assert api.run("remove", "k_1") == 0
    with pytest.raises(CommandError, match="cannot be read"):
        api.run("add", str(tmp_path / "none"))


def test_a_shell_is_sshs_own_behind_our_tunnel(tmp_path: Path) -> None:
    fake = tmp_path / "ssh"
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    fake.chmod(0o755)
    with serving(Api().answer) as server:
        words = ("workspace", "ssh", ID[:9], "-L", "1:localhost:2", "ls -l")
        process = podium(server.port, *words, PATH=f"{tmp_path}:{os.environ['PATH']}")
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    said = out.decode().splitlines()
    assert said[-4:] == [f"{ID}@{ID}", "-L", "1:localhost:2", "ls -l"]
    assert any(one.endswith(f"ssh-proxy {ID}") for one in said)
    assert "secret" not in out.decode()


async def test_a_tunnel_carries_what_comes_and_goes() -> None:
    seen: list[str | None] = []

    async def echo(connection: ServerConnection) -> None:
        assert connection.request is not None
        seen.append(connection.request.headers.get(TUNNEL_TOKEN_HEADER))
        async for message in connection:
            assert isinstance(message, bytes)
            await connection.send(message.upper())

    async with serve(echo, "127.0.0.1", 0) as tunnel:
        port = next(iter(tunnel.sockets)).getsockname()[1]
        with serving(Api(f"http://{ID}.ws.localhost:{port}").answer) as server:
            process = podium(server.port, "ssh-proxy", ID)
            said = await asyncio.to_thread(answer_to, process, b"ssh")
            rest, err = await asyncio.to_thread(process.communicate, None, 60)
    assert (said, rest, process.returncode) == (b"SSH", b"", 0), err
    assert seen == ["secret"]


def answer_to(process: subprocess.Popen[bytes], message: bytes) -> bytes:
    """Return what comes back, as many bytes as were sent; the end of input ends the tunnel."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(message)
    process.stdin.flush()
    return process.stdout.read(len(message))


def test_no_tunnel_is_told() -> None:
    with serving(Api().answer) as server:
        process = podium(server.port, "ssh-proxy", ID)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert b"There is no tunnel into the workspace" in err
