"""Hostile crowds over real sockets: they push out each other, and other people are served.

The crowd comes from another loopback address than everybody else.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
from websockets.asyncio.client import ClientConnection

from tests.proxy.net.asked import asked
from tests.proxy.net.whole import SELF_FETCH, Whole, echoed
from tests.proxy.world import IDE, OPEN_PORT, PORT, TAB, request, upgrade

CROWD = "127.0.0.66"
MOST = 24
"""Connections that the proxy holds."""
MANY = 3 * MOST


class Hostiles:
    """Connections of the crowd that say this and leave the rest to us."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.open: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def come(self, says: bytes) -> None:
        made = await asyncio.open_connection("127.0.0.1", self._port, local_addr=(CROWD, 0))
        self.open.append(made)
        made[1].write(says)

    async def leave(self) -> None:
        for _reader, writer in self.open:
            writer.transport.abort()


async def connections(whole: Whole, origin: str) -> int:
    _, told = await asked(whole.layout.admin_socket, "/metrics")
    name = f'podium_proxy_connections{{origin="{origin}"}} '
    return int(float(told.partition(name)[2].partition("\n")[0]))


async def crowded(
    whole: Whole, says: bytes, served: Callable[[], Awaitable[bool]], live: ClientConnection
) -> None:
    """Let the crowd come; whoever else asks meanwhile is served, and keeps what is open."""
    hostiles = Hostiles(whole.port)
    try:
        for number in range(MANY):
            await hostiles.come(says)
            if number % 12 == 0:
                assert await served()
        assert await served()
        assert await echoed(live, "still there")
        there = sum([await connections(whole, one) for one in ("browser", "handshake")])
        assert there <= MOST
        _, told = await asked(whole.layout.admin_socket, "/metrics")
        assert "podium_proxy_gave_way_total 0.0" not in told
    finally:
        await hostiles.leave()


@pytest.fixture
async def whole() -> AsyncIterator[Whole]:
    made = Whole()
    made.settings = replace(made.settings, connections=MOST)
    try:
        yield await made.start()
    finally:
        await made.stop()


SITUATIONS = {
    "nothing": b"",
    "half a head": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 20_000,
    "a body that never comes": request("/post", OPEN_PORT, "POST", {"Content-Length": "9"}) + b"x",
    "a download that nobody reads": request("/stream", OPEN_PORT),
    "a WebSocket that says nothing": request(
        "/ws", OPEN_PORT, headers=upgrade(f"http://{OPEN_PORT}")
    ),
    "a form that never ends": request(
        "/.podium/share", PORT, "POST", {**TAB, "Content-Length": "99", "Origin": f"http://{PORT}"}
    ),
    "uploads to the dashboard": request(
        "/post", "podium.localhost:8080", "POST", {"Content-Length": "9"}
    ),
}


@pytest.mark.parametrize("situation", SITUATIONS)
async def test_a_crowd_pushes_out_itself(whole: Whole, situation: str) -> None:
    async def served() -> bool:
        async with whole.get("/", PORT, {**SELF_FETCH, **whole.ports()}) as answer:
            return answer.status == 200

    async with whole.socket(IDE, whole.ide()) as live:
        assert await echoed(live, "begun")
        await crowded(whole, SITUATIONS[situation], served, live)
