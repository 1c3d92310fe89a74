"""The timeout, and words that keep a workspace awake: for programs inside alone."""

from collections.abc import AsyncIterator

import pytest

from supervisor.api.activity import endpoints
from supervisor.host.wake import Wake
from tests.supervisor.api.serving import Served, serving


@pytest.fixture
def wake() -> Wake:
    return Wake(lambda: None)


@pytest.fixture
async def served(account, wake: Wake) -> AsyncIterator[Served]:
    async with serving(endpoints(wake), account) as made:
        yield made


async def test_a_wish_is_noted_or_refused_with_its_reason(served, wake):
    wish = {"timeout": "2h"}
    assert await served.inside("PUT", "/v1/timeout", json=wish) == (200, {"wished": "2h"})
    assert wake.wish is not None
    assert wake.wish.timeout == "2h"
    status, told = await served.inside("PUT", "/v1/timeout", json={"timeout": "1x"})
    assert (status, told["code"]) == (400, "refused")
    assert "duration" in told["detail"]
    assert await served.inside("POST", "/v1/timeout/extend") == (200, {"wished": "180m"})
    told = {"timeout": "", "left": None, "awake": []}
    assert await served.inside("GET", "/v1/timeout") == (200, told)


async def test_activity_is_counted(served, wake):
    assert (await served.inside("POST", "/v1/active", json={"activity": "ide"}))[0] == 200
    assert (await served.inside("POST", "/v1/active", json={"activity": "x"}))[0] == 400
    assert wake.beats.count == 1
