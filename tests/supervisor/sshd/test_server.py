"""Who is let in, and when the server ends."""

import asyncio
import socket
from base64 import b64encode
from pathlib import Path

import asyncssh
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from supervisor.sshd.server import serve
from tests.supervisor.sshd.conftest import KEY, connecting, setup_in
from wire.ssh import host_seed, login_password


@pytest.mark.parametrize(
    "password", ["", "x", login_password(b64encode(b"k" * 32).decode()), login_password(KEY)[:-1]]
)
async def test_nobody_but_the_gateway_is_let_in(port: int, password: str) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        await connecting(port, password)


async def test_it_is_known_by_the_key_that_both_derive(
    inside: asyncssh.SSHClientConnection,
) -> None:
    public = Ed25519PrivateKey.from_private_bytes(host_seed(KEY)).public_key()
    line = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    shown = inside.get_server_host_key()
    assert shown is not None
    assert shown.export_public_key().decode().split()[:2] == line.split()


async def test_what_a_program_reaches_the_client_reaches(
    inside: asyncssh.SSHClientConnection, tmp_path: Path
) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hi")
        writer.close()

    tcp = await asyncio.start_server(greet, "127.0.0.1", 0)
    unix = await asyncio.start_unix_server(greet, tmp_path / "s")
    async with tcp, unix:
        reader, _ = await inside.open_connection("127.0.0.1", tcp.sockets[0].getsockname()[1])
        assert await reader.read() == b"hi"
        reader, _ = await inside.open_unix_connection(str(tmp_path / "s"))
        assert await reader.read() == b"hi"
        back = await inside.forward_remote_port("127.0.0.1", 0, *tcp.sockets[0].getsockname())
        near, writer = await asyncio.open_connection("127.0.0.1", back.get_port())
        assert await near.read() == b"hi"
        writer.close()
        await writer.wait_closed()
        back.close()


async def test_it_ends_when_nobody_is_there(tmp_path: Path) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    await serve(listening, setup_in(tmp_path), idle=0.01)
    listening.close()
