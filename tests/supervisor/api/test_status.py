"""The paths of the status."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from supervisor.api.news import News
from supervisor.api.status import Looks, endpoints
from tests.supervisor.api.serving import Served, serving
from tests.waiting import until


class State:
    """What the looks look at."""

    def __init__(self) -> None:
        self.news = News()
        self.settled = self.ending = False

    def looks(self) -> Looks:
        return Looks(
            ide=lambda: {"ok": self.settled},
            content=lambda: {"available": self.settled},
            ports=lambda: {"ports": []},
            tasks=lambda: {"tasks": []},
            terminals=lambda: {"terminals": []},
            resources=lambda: {"cpu": {}},
            ide_ready=lambda: self.settled,
            content_settled=lambda: self.settled,
            ending=lambda: self.ending,
        )


@pytest.fixture
def state() -> State:
    return State()


@pytest.fixture
async def served(account, state: State) -> AsyncIterator[Served]:
    async with serving(endpoints(state.news, state.looks()), account) as made:
        yield made


async def test_every_thing_is_told_to_the_owner(served):
    for name in ("ports", "tasks", "terminals"):
        assert await served.ask("GET", f"/v1/status/{name}") == (200, {name: []})
    assert await served.ask("GET", "/v1/status/resources") == (200, {"cpu": {}})
    assert await served.ask("GET", "/v1/status/backup") == (200, {"canaryAvailable": False})


async def test_whether_something_is_there_is_anybodys(served):
    nobody: dict[str, str] = {}
    assert await served.ask("GET", "/v1/status/supervisor", nobody) == (200, {"ok": True})
    assert await served.ask("GET", "/v1/status/ide", nobody) == (200, {"ok": False})
    assert await served.ask("GET", "/v1/status/content", nobody) == (200, {"available": False})
    assert (await served.ask("GET", "/v1/status/ports", nobody))[0] == 401


async def test_waits_end_with_what_they_wait_for(served, state):
    loop = asyncio.get_running_loop()
    asked = [
        loop.create_task(served.ask("GET", f"/v1/status/{path}"), name=path)
        for path in ("ide/wait/true", "content/wait/true", "supervisor/willShutdown/true")
    ]
    await until(lambda: len(state.news._next._waiters) == 3)
    state.settled = True
    state.news.tell()
    assert await asked[0] == (200, {"ok": True})
    assert await asked[1] == (200, {"available": True})
    assert not asked[2].done()
    state.ending = True
    state.news.tell()
    assert await asked[2] == (200, {"ok": True})
