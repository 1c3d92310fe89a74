"""Visitors without an account over sockets: so many of one address, and the others are served."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from websockets.exceptions import InvalidStatus

from tests.proxy.net.asked import asked
from tests.proxy.net.whole import DASHBOARD, SELF_FETCH, Whole, echoed
from tests.proxy.world import OPEN_PORT, PORT, request
from tests.waiting import until

MOST = 3
BUSY = 4


@pytest.fixture
async def whole() -> AsyncIterator[Whole]:
    made = Whole()
    made.settings = replace(made.settings, visitors=MOST, address_requests=BUSY)
    try:
        yield await made.start()
    finally:
        await made.stop()


async def test_who_keeps_the_dashboard_busy_waits_and_others_do_not(whole: Whole) -> None:
    """Event streams never end, so this address has as many in work as it may."""
    async with AsyncExitStack() as held:
        for _ in range(BUSY):
            await held.enter_async_context(whole.get("/events", DASHBOARD))
        waiting = asyncio.get_running_loop().create_task(status(whole, "127.0.0.1"))
        await until_waiting(whole, 1)
        assert await status(whole, "127.0.0.2") == 200
        async with whole.get("/", OPEN_PORT) as answer:
            assert answer.status == 200, "ports are not the dashboard"
        assert not waiting.done()
    assert await waiting == 200
    await until_waiting(whole, 0)


async def status(whole: Whole, address: str) -> int:
    """Status of the dashboard's answer to an address."""
    reader, writer = await asyncio.open_connection("127.0.0.1", whole.port, local_addr=(address, 0))
    writer.write(request("/", DASHBOARD, headers={"Connection": "close"}))
    said = await reader.read()
    writer.close()
    return int(said.split()[1])


async def until_waiting(whole: Whole, many: int) -> None:
    async def there() -> bool:
        _, told = await asked(whole.layout.admin_socket, "/metrics")
        return f"podium_proxy_waiting {many}.0" in told

    await until(there)


async def test_who_has_too_many_waits_and_owners_do_not(whole: Whole) -> None:
    tunnels = [await whole.socket(OPEN_PORT) for _ in range(MOST)]
    with pytest.raises(InvalidStatus, match="429") as refused:
        await whole.socket(OPEN_PORT)
    assert refused.value.response.headers["Retry-After"] == "5"
    async with whole.get("/", OPEN_PORT) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "5")
        assert (await answer.json(content_type=None))["code"] == "too_many_connections"
    async with whole.get("/", PORT, {**SELF_FETCH, **whole.ports()}) as answer:
        assert answer.status == 200
    _, told = await asked(whole.layout.admin_socket, "/metrics")
    assert f"podium_proxy_visitors {MOST}.0" in told
    assert 'code="too_many_connections",kind="port",status="429"' in told
    assert await echoed(tunnels[0], "still there")
    for one in tunnels:
        await one.close()
    async with whole.get("/", OPEN_PORT) as answer:
        assert answer.status == 200
