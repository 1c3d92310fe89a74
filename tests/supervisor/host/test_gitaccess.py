"""What git and ssh of a workspace are told, and the socket of the credential helper."""

import asyncio
import json
import os
import subprocess
from pathlib import Path

import pytest

from supervisor.host.gitaccess import (
    AGENT_NAME,
    HELPER_NAME,
    GitAccess,
    config_of,
    include,
    write_known_hosts,
)
from tests.supervisor.answering import answering
from tests.supervisor.samples import wish
from wire.agent import SSH_AGENT_SOCKET
from wire.agentgit import (
    GIT_CREDENTIAL_PATH,
)

LINE = b'{"protocol": "https", "host": "h.org"}\n'


async def test_the_helper_is_answered_with_what_the_server_gives(account):
    async with answering() as server:
        server.answers[GIT_CREDENTIAL_PATH] = {"username": "ada", "password": "t"}
        access = GitAccess(str(server.folder), server.asking, account)
        serving = asyncio.get_running_loop().create_task(access.serve(), name="serve")
        path = server.folder / HELPER_NAME
        async with asyncio.timeout(60):
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


def test_our_file_is_included_once_and_the_rest_stays(tmp_path):
    path = tmp_path / "gitconfig"
    path.write_text("[user]\n\tname = Ada")
    include(str(path), "/own")
    include(str(path), "/own")
    assert path.read_text() == "[user]\n\tname = Ada\n[include]\n\tpath = /own\n"
    include(str(tmp_path / "missing" / "gitconfig"), "/own")


def test_git_is_told_the_helper_who_commits_and_that_every_folder_is_the_persons(tmp_path):
    own = tmp_path / "own"
    own.write_text(config_of(wish(git_name='Ada "the first" \\\n', git_email="ada@example.org")))
    path = tmp_path / "gitconfig"
    include(str(path), str(own))
    told = {
        "user.name": 'Ada "the first" \\',
        "user.email": "ada@example.org",
        "credential.helper": "/.supervisor/bin/gp credential-helper",
        "safe.directory": "*",
    }
    for name, value in told.items():
        ask = ["git", "config", "--includes", "-f", str(path), name]
        assert (
            subprocess.run(ask, capture_output=True, text=True, check=True).stdout == f"{value}\n"
        )


def test_a_nameless_person_commits_under_no_name():
    assert "[user]" not in config_of(wish(git_name=""))


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
