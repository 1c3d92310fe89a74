"""The listeners on a network, over real TLS: who is let in, to what, and who is cut off."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from httpx import AsyncClient, ConnectError, ReadError, RemoteProtocolError
from msgspec import json
from websockets.asyncio.client import connect

from app.accounts.access import Listener
from app.agentprotocol import MOST
from kit.linkcerts import LinkCerts
from tests.app.listening import on_network
from tests.app.server import Server, open_server
from tests.authority import Authority
from wire.routes import FEED_PATH, FeedMessage, Hello

REFUSED = (ConnectError, ReadError, RemoteProtocolError, ssl.SSLError)
"""What a client makes of a connection that is cut off, before or within its request."""


@dataclass
class Network:
    server: Server
    ports: dict[Listener, int]
    contexts: dict[str, ssl.SSLContext]

    async def ask(self, name: str, listener: Listener, method: str, path: str) -> int:
        """Return the status; raises one of REFUSED."""
        async with AsyncClient(verify=self.contexts[name]) as client:
            address = f"https://127.0.0.1:{self.ports[listener]}{path}"
            answer = await client.request(method, address, json={"name": "x"})
            return answer.status_code


def stranger(context: ssl.SSLContext) -> ssl.SSLContext:
    """Return what trusts the installation's authority and has no certificate of it."""
    without = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    without.check_hostname = False
    without.load_verify_locations(
        cadata="".join(map(ssl.DER_cert_to_PEM_cert, context.get_ca_certs(binary_form=True)))
    )
    return without


@pytest_asyncio.fixture
async def network(tmp_path: Path) -> AsyncIterator[Network]:
    authority, foreign = Authority(), Authority()
    folders = {
        name: authority.link(tmp_path / name, f"podium://{name}")
        for name in ("server", "proxy", "blobserve", "daemon")
    }
    folders["nameless"] = authority.link(tmp_path / "nameless", "proxy")
    folders["foreign"] = foreign.link(tmp_path / "foreign", "podium://proxy")
    contexts = {name: LinkCerts(one).client() for name, one in folders.items()}
    contexts["stranger"] = stranger(contexts["proxy"])
    contexts["foreign"].load_verify_locations(folders["proxy"] / "ca.crt")
    certs = LinkCerts(folders["server"])
    (tmp_path / "data").mkdir()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(open_server(tmp_path / "data"))
        ports = {
            one: await stack.enter_async_context(on_network(server.app, one, certs))
            for one in Listener
        }
        yield Network(server, ports, contexts)


async def test_whoever_is_not_meant_is_cut_off(network: Network) -> None:
    nobodies = ["daemon", "server", "nameless", "foreign", "stranger"]
    for name in [*nobodies, "blobserve"]:
        with pytest.raises(REFUSED):
            await network.ask(name, Listener.PUBLIC, "GET", "/sign-in")
    for name in nobodies:
        with pytest.raises(REFUSED):
            await network.ask(name, Listener.INTERNAL, "GET", "/internal/health")


async def test_the_proxy_is_let_in_and_gets_what_it_needs(network: Network) -> None:
    assert await network.ask("proxy", Listener.PUBLIC, "GET", "/sign-in") == 200
    assert await network.ask("proxy", Listener.PUBLIC, "GET", "/internal/health") == 404
    assert await network.ask("proxy", Listener.INTERNAL, "GET", "/internal/health") == 200
    assert await network.ask("proxy", Listener.INTERNAL, "GET", "/sign-in") == 404
    for path in ("/internal/tokens", "/internal/login-links", "/internal/nodes/b/lost"):
        assert await network.ask("proxy", Listener.INTERNAL, "POST", path) == 404


async def test_the_proxy_follows_routes(network: Network) -> None:
    address = f"wss://127.0.0.1:{network.ports[Listener.INTERNAL]}{FEED_PATH}"
    async with connect(address, ssl=network.contexts["proxy"], proxy=None) as socket:
        assert isinstance(json.decode(await socket.recv(), type=FeedMessage), Hello)


async def test_blobserve_asks_how_it_is_and_nothing_else(network: Network) -> None:
    assert await network.ask("blobserve", Listener.INTERNAL, "GET", "/internal/health") == 200
    for path in (FEED_PATH, "/internal/tokens", "/internal/grants/redeem"):
        assert await network.ask("blobserve", Listener.INTERNAL, "POST", path) == 404


async def test_supervisors_show_a_token_and_no_certificate(network: Network) -> None:
    for name in ("stranger", "proxy"):
        assert await network.ask(name, Listener.AGENT, "POST", "/agent/v1/repository") == 401
        for path in ("/internal/health", "/sign-in"):
            assert await network.ask(name, Listener.AGENT, "GET", path) == 404


async def test_a_kubelet_asks_whether_the_server_lives_and_nothing_else(network: Network) -> None:
    assert await network.ask("stranger", Listener.AGENT, "GET", "/healthz") == 200
    for path in ("//healthz", "/healthz/", "/healthz/x", "/api/v1/workspaces"):
        assert await network.ask("stranger", Listener.AGENT, "GET", path) == 404
    assert await network.ask("proxy", Listener.INTERNAL, "GET", "/healthz") == 404


async def test_plain_http_is_no_way_in(network: Network) -> None:
    for port in network.ports.values():
        async with AsyncClient() as client:
            with pytest.raises(REFUSED):
                await client.get(f"http://127.0.0.1:{port}/internal/health")


async def test_an_address_has_so_many_connections_of_supervisors(network: Network) -> None:
    port, context = network.ports[Listener.AGENT], network.contexts["stranger"]
    held = [await asyncio.open_connection("127.0.0.1", port, ssl=context) for _ in range(MOST)]
    try:
        with pytest.raises(REFUSED):
            await network.ask("stranger", Listener.AGENT, "GET", "/agent/nothing")
    finally:
        for _, writer in held:
            writer.close()
            await writer.wait_closed()
