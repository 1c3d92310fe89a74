"""The agent, asked by ssh itself; tests/app/gitaccess/test_signing.py has the server's end."""

import asyncio
import os
import struct
from base64 import b64decode, b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from supervisor.host.sshagent import SshAgent
from tests.supervisor.answering import Answering, answering
from wire.agentgit import (
    SSH_KEY_PATH,
    SSH_SIGNATURE_PATH,
)

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


async def ask_ssh(path, *command: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *command,
        env={"PATH": os.environ["PATH"], "SSH_AUTH_SOCK": str(path)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _nothing = await process.communicate()
    return process.returncode or 0, said.decode()


async def start(server: Answering, account) -> tuple[asyncio.Server, str]:
    path = str(server.folder / "agent.sock")
    return await SshAgent(server.asking).start(path, account), path


async def test_ssh_sees_the_one_key(account):
    async with answering() as server:
        server.answers[SSH_KEY_PATH] = {"public": PUBLIC}
        agent, path = await start(server, account)
        assert await ask_ssh(path, "ssh-add", "-L") == (0, f"{PUBLIC} podium\n")
        agent.close()


async def test_without_trust_or_key_the_list_is_empty(account):
    async with answering() as server:
        agent, path = await start(server, account)
        for status in (403, 404):
            server.answers[SSH_KEY_PATH] = status
            assert (await ask_ssh(path, "ssh-add", "-l"))[1] == "The agent has no identities.\n"
        agent.close()


async def test_it_takes_no_key_and_says_so(account, tmp_path):
    async with answering() as server:
        agent, path = await start(server, account)
        key = str(tmp_path / "key")
        assert (await ask_ssh(path, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key))[
            0
        ] == 0
        assert (await ask_ssh(path, "ssh-add", key))[0] != 0
        agent.close()


async def test_what_is_to_be_signed_goes_to_the_server(account, tmp_path):
    async with answering() as server:
        server.answers[SSH_KEY_PATH] = {"public": PUBLIC}
        file = tmp_path / "key.pub"
        file.write_text(PUBLIC)
        (tmp_path / "text").write_text("x")
        agent, path = await start(server, account)
        sign = ("ssh-keygen", "-Y", "sign", "-n", "git", "-f", str(file), str(tmp_path / "text"))
        assert (await ask_ssh(path, *sign))[0] != 0
        asked = next(body for place, _token, body in server.asked if place == SSH_SIGNATURE_PATH)
        assert asked["key"] == PUBLIC.split()[1]
        parts = (b"ssh-ed25519", KEY.sign(b64decode(asked["data"])))
        signature = b"".join(struct.pack(">I", len(one)) + one for one in parts)
        server.answers[SSH_SIGNATURE_PATH] = {"signature": b64encode(signature).decode()}
        assert (await ask_ssh(path, *sign))[0] == 0
        agent.close()


async def test_garbage_ends_only_its_own_connection(account):
    async with answering() as server:
        server.answers[SSH_KEY_PATH] = {"public": PUBLIC}
        agent, path = await start(server, account)
        for garbage in (b"\xff\xff\xff\xff", b"\0\0\0\0", b"x"):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(garbage)
            writer.write_eof()
            assert await reader.read() == b""
            writer.close()
        assert (await ask_ssh(path, "ssh-add", "-L"))[0] == 0
        agent.close()
