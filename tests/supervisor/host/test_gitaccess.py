"""What git and ssh of a workspace are told, and the socket of the credential helper."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from supervisor.host.gitaccess import (
    AGENT_NAME,
    HELPER_NAME,
    GitAccess,
    name_helper,
    write_known_hosts,
)
from tests.supervisor.answering import answering
from tests.supervisor.samples import wish
from wire.agent import GIT_CREDENTIAL_PATH, SSH_AGENT_SOCKET

LINE = b'{"protocol": "https", "host": "h.org"}\n'


async def test_the_helper_is_answered_with_what_the_server_gives(account):
    async with answering() as server:
        server.answers[GIT_CREDENTIAL_PATH] = {"username": "ada", "password": "t"}
        access = GitAccess(str(server.folder), server.asking, account)
        serving = asyncio.get_running_loop().create_task(access.serve(), name="serve")
        path = server.folder / HELPER_NAME
        async with asyncio.timeout(5):
            while not (server.folder / AGENT_NAME).exists():
                await asyncio.wait([serving], timeout=0.01)
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(LINE)
        assert json.loads(await reader.readline()) == {"username": "ada", "password": "t"}
        writer.close()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(403, "not_trusted"), (404, "missing"), (500, "no_answer"), ({"x": 1}, "not_understood")],
)
async def test_without_a_token_there_is_a_reason(account, answer, reason):
    async with answering() as server:
        server.answers[GIT_CREDENTIAL_PATH] = answer
        access = GitAccess(str(server.folder), server.asking, account)
        assert await access.answer(LINE) == {"reason": reason}
        assert await access.answer(b"nonsense") == {"reason": "not_understood"}


def test_the_agents_socket_is_where_the_environment_says():
    assert SSH_AGENT_SOCKET.endswith(f"/{AGENT_NAME}")


def test_a_test_stays_out_of_etc(account, tmp_path):
    access = GitAccess(str(tmp_path), None, account)
    access.prepare(wish(known_hosts=["h.org ssh-ed25519 AAAA"]))
    assert "h.org ssh-ed25519 AAAA" not in _text(Path("/etc/ssh/ssh_known_hosts"))


def test_the_helper_is_named_once_and_the_rest_stays(tmp_path):
    path = tmp_path / "gitconfig"
    path.write_text("[user]\n\tname = Ada")
    name_helper(str(path))
    name_helper(str(path))
    text = path.read_text()
    assert text.startswith("[user]\n\tname = Ada\n[credential]\n")
    assert text.count("credential-helper") == 1
    name_helper(str(tmp_path / "missing" / "gitconfig"))


def test_known_hosts_are_those_of_now(tmp_path):
    path = tmp_path / "ssh" / "known"
    path.parent.mkdir()
    before = os.umask(0o177)
    write_known_hosts(["a ssh-rsa A", "b ssh-rsa B", "c\n* ssh-rsa C"], str(path))
    os.umask(before)
    assert path.read_text() == "a ssh-rsa A\nb ssh-rsa B\n"
    assert path.stat().st_mode & 0o777 == 0o644  # whatever the mask is just now
    write_known_hosts([], str(path))
    assert path.read_text() == ""


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""
