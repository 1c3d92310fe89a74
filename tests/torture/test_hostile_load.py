"""Several workers under hostile load: other people are served meanwhile, and however many come,
memory stays what as many as a worker holds may take at once.

The bounds of memory are those of tests/proxy/test_memory.py; an unread download's megabyte is the
one that PODIUM_VISITOR_CONNECTIONS is reckoned with.
"""

import os
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
import uvloop
from websockets.asyncio.client import connect

from tests.proxy.net.processes import Processes
from tests.proxy.net.test_handshake import HELLO
from tests.proxy.net.test_hostile import connections
from tests.proxy.net.test_tls import Tls
from tests.proxy.net.traffic import Traffic
from tests.proxy.net.whole import DASHBOARD, echoed
from tests.proxy.test_memory import resident
from tests.proxy.world import (
    IDE,
    OPEN_PORT,
    PORT,
    TAB,
    WORKSPACE,
    make_route,
    request,
    upgrade,
)
from tests.torture.mob import ADDRESSES, Mob

WAVES = max(2, int(os.environ.get("PODIUM_ROUNDS", "60")) // 20)
WORKERS = 2
MOST = 64
"""Connections that each worker holds; a wave is twice of what all of them do."""
AT_ONCE = 8
"""Requests of an address that each worker lets to the dashboard at once."""
OWN = 16_000
"""Kilobytes of a worker for the traffic of everybody else: seven who move up to 2 MB at a time."""

pytestmark = [pytest.mark.torture, pytest.mark.timeout(1800)]

HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX: "
NEIGHBOUR = "coral-heron-9z8y7x6w5v"
STUCK_PORT = OPEN_PORT.replace(WORKSPACE, NEIGHBOUR)
"""A public port of another workspace, whose program accepts nobody."""
FORM = {**TAB, "Content-Length": "99", "Origin": f"http://{PORT}"}
SITUATIONS = {
    "nothing": (b"", 100),
    "slow-loris": (HEAD, 100),
    "half a head": (HEAD + b"x" * 30_000, 100),
    "downloads that nobody reads": (request("/stream", OPEN_PORT), 1000),
    "uploads that do not go on": (
        request("/post", OPEN_PORT, "POST", {"Content-Length": "999999999"}) + b"x" * 100_000,
        900,
    ),
    "WebSockets that say nothing": (
        request("/ws", OPEN_PORT, headers=upgrade(f"http://{OPEN_PORT}")),
        100,
    ),
    "requests whose answers nobody reads": (request("/big?n=20000", OPEN_PORT) * 200, 1000),
    "forms that never end": (request("/.podium/share", PORT, "POST", FORM) + b"x", 100),
    "requests to a port that does not accept": (request("/", STUCK_PORT), 100),
    "requests to the dashboard that never end": (request("/events", DASHBOARD), 100),
    "uploads to the dashboard that never end": (
        request("/post", DASHBOARD, "POST", {"Content-Length": "999999999"}) + b"x" * 100_000,
        900,
    ),
    "requests to the dashboard": (request("/", DASHBOARD) * 200, 1000),
}
"""What the mob says, and kilobytes that one of them may take."""


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], Any]]:
    return {"uvloop": uvloop.new_event_loop}


class Crowded(Processes):
    """Several workers, each with room for few."""

    workers = WORKERS
    extra: Mapping[str, str] = {
        "PODIUM_PROXY_CONNECTIONS": str(MOST),
        "PODIUM_ADDRESS_REQUESTS": str(AT_ONCE),
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        self.internal.routes.append(make_route(NEIGHBOUR))
        self.node.full.add((f"{NEIGHBOUR}.1", 4000))


class Secure(Tls, Crowded):
    """The same with certificates."""

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "PODIUM_BASE_URL": "https://podium.localhost:8080",
            "PODIUM_TLS_CERT": str(self.certificates),
        }
        return {**super().environment, **own}

    def socket(
        self, host: str, headers: dict | None = None, origin: str = "", path: str = "/ws"
    ) -> connect:
        return connect(
            f"wss://{host}{path}",
            host="127.0.0.1",
            port=self.port,
            ssl=self.trusting(),
            server_hostname=host.partition(":")[0],
            origin=origin or f"https://{host}",
            additional_headers=headers or {},
            compression=None,
            proxy=None,
        )


@pytest.fixture
async def plain() -> AsyncIterator[Crowded]:
    made = Crowded()
    try:
        await made.start()
        await made.serves()
        yield made
    finally:
        await made.stop()


@pytest.fixture
async def secure() -> AsyncIterator[Secure]:
    made = await Secure.begin()
    try:
        await made.serves()
        yield made
    finally:
        await made.stop()


async def besieged(
    proxy: Crowded, says: bytes, kilobytes: int, tls: ssl.SSLContext | None = None
) -> None:
    """Let the mob come in waves, from several addresses and from one, while people work."""
    mob = Mob(proxy.port, says)
    try:
        async with (
            Traffic(proxy, tls=tls) as traffic,
            proxy.socket(IDE, proxy.ide()) as editor,
        ):
            await traffic.flows()
            empty = {pid: resident(pid) for pid in proxy.pids()}
            assert len(empty) == WORKERS
            for wave in range(WAVES):
                await mob.wave(2 * WORKERS * MOST, ADDRESSES if wave % 2 else ADDRESSES[:1])
                for _ in range(2):
                    mob.drip()
                    await traffic.flows()
                assert await echoed(editor, f"wave {wave}")
                there = [await connections(proxy, one) for one in ("browser", "handshake")]
                assert sum(there) <= WORKERS * MOST
                for pid, before in empty.items():
                    assert resident(pid) - before < OWN + MOST * kilobytes
            await mob.leave()
            await traffic.flows()
        assert traffic.failures == []
        assert mob.come == WAVES * 2 * WORKERS * MOST
        assert set(proxy.pids()) == set(empty), "no worker has died of it"
    finally:
        await mob.leave()


@pytest.mark.parametrize("situation", SITUATIONS)
async def test_people_work_on_while_a_mob_is_there(plain: Crowded, situation: str) -> None:
    await besieged(plain, *SITUATIONS[situation])


async def test_one_address_does_not_keep_the_dashboard_busy(plain: Crowded) -> None:
    mob = Mob(plain.port, request("/events", DASHBOARD))
    assert plain.public is not None
    try:
        async with Traffic(plain) as traffic:
            await traffic.flows()
            for wave in range(1, WAVES):
                addresses = ADDRESSES[:wave]
                await mob.wave(2 * WORKERS * MOST, addresses)
                await traffic.flows()
                assert 0 < plain.public.streams <= len(addresses) * WORKERS * AT_ONCE
            await mob.leave()
            await traffic.flows()
        assert traffic.failures == []
    finally:
        await mob.leave()


@pytest.mark.parametrize("says", [b"", HELLO], ids=["nothing", "half a hello"])
async def test_people_work_on_behind_half_open_handshakes(secure: Secure, says: bytes) -> None:
    context = secure.trusting()
    context.check_hostname = False  # people are asked for by address here
    await besieged(secure, says, 200, context)
