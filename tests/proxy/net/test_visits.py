"""Visitors without an account over sockets: so many of one address, and the others are served."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from websockets.exceptions import InvalidStatus

from tests.proxy.net.asked import asked
from tests.proxy.net.whole import SELF_FETCH, Whole, echoed
from tests.proxy.world import OPEN_PORT, PORT

MOST = 3


@pytest.fixture
async def whole() -> AsyncIterator[Whole]:
    made = Whole()
    made.settings = replace(made.settings, visitors=MOST)
    try:
        yield await made.start()
    finally:
        await made.stop()


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
