"""SSH over a WebSocket: who may, and that it is the same connection afterwards."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator

import asyncssh
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import InvalidStatus

from kit.unixsocket import bind_unix
from proxy.ssh.hostkeys import told
from proxy.ssh.tunnel import Tunnel
from tests.proxy.ssh.world import ALICE, WORKSPACE, House
from wire.hosts import Hosts
from wire.ssh import TUNNEL_BEARER_HEADER, TUNNEL_PATHS, TUNNEL_TOKEN_HEADER

HOSTS = Hosts.of("http://podium.localhost:8080", "localhost")
IDE = f"ws://{WORKSPACE}.ws.localhost:8080"


@pytest_asyncio.fixture
async def path(house: House) -> AsyncIterator[str]:
    path = str(house.folder / "tunnel.sock")
    tunnel = Tunnel(house.gateway, HOSTS, told([house.key]))
    server = await tunnel.serve(bind_unix(path, 0o600))
    yield path
    server.close()
    await server.wait_closed()
    assert tunnel.open == 0


async def carry(through: ClientConnection, near: socket.socket) -> None:
    """Carry bytes between a socket and a tunnel, as `podium ssh-proxy` does."""
    reader, writer = await asyncio.open_connection(sock=near)

    async def upward() -> None:
        while data := await reader.read(65536):
            await through.send(data)

    async with asyncio.TaskGroup() as group:
        up = group.create_task(upward())
        async for message in through:
            writer.write(message)
        up.cancel()
    writer.close()


@pytest.mark.parametrize("place", TUNNEL_PATHS)
@pytest.mark.parametrize(
    "headers", [{TUNNEL_TOKEN_HEADER: "secret"}, {TUNNEL_BEARER_HEADER: "alice s_1"}]
)
async def test_what_the_tunnel_has_proven_need_not_be_proven_again(
    house: House, path: str, place: str, headers: dict[str, str]
) -> None:
    house.truth.tokens[f"{WORKSPACE} secret"] = ALICE
    ours, theirs = socket.socketpair()
    async with (
        unix_connect(path, IDE + place, additional_headers=headers, proxy=None) as through,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(carry(through, theirs))
        client = await asyncssh.connect(
            "workspace",
            sock=ours,
            config=None,
            username="anybody",
            known_hosts=None,
            client_keys=None,
            agent_path=None,
        )
        assert (await client.run("echo in")).stdout == "in\n"
        client.close()
        await client.wait_closed()
    (entered,) = house.truth.entered
    shown = "session:s_1" if TUNNEL_BEARER_HEADER in headers else ALICE.credential
    assert (entered.workspace, entered.credential) == (WORKSPACE, shown)


@pytest.mark.parametrize(
    ("url", "headers", "status"),
    [
        (IDE + TUNNEL_PATHS[0], {}, 401),
        (IDE + TUNNEL_PATHS[0], {TUNNEL_TOKEN_HEADER: "wrong"}, 401),
        (IDE + "/other", {TUNNEL_BEARER_HEADER: "alice s_1"}, 404),
        ("ws://podium.localhost:8080/_ssh/tunnel", {TUNNEL_BEARER_HEADER: "alice s_1"}, 404),
    ],
)
async def test_nobody_else_gets_a_tunnel(
    path: str, url: str, headers: dict[str, str], status: int
) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await unix_connect(path, url, additional_headers=headers, proxy=None)
    assert caught.value.response.status_code == status


async def test_host_keys_are_told_to_everybody(house: House, path: str) -> None:
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"GET /_ssh/host_keys HTTP/1.1\r\nHost: x.ws.localhost\r\n\r\n")
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    assert head.startswith(b"HTTP/1.1 200 ")
    assert json.loads(body) == told([house.key])


async def test_an_upgrade_that_fails_on_its_form_leaves_nothing(house: House, path: str) -> None:
    house.truth.tokens[f"{WORKSPACE} secret"] = ALICE
    reader, writer = await asyncio.open_unix_connection(path)
    head = f"GET {TUNNEL_PATHS[0]} HTTP/1.1\r\nHost: {IDE[5:]}\r\nConnection: Upgrade\r\n"
    head += f"Upgrade: websocket\r\n{TUNNEL_TOKEN_HEADER}: secret\r\n\r\n"
    writer.write(head.encode())
    assert (await reader.readline()).split()[1] == b"400"
    writer.close()
    # the fixture looks whether anything is held to be open
