"""Waiting for changes, and following them in three ways."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from supervisor.api.endpoint import Who
from supervisor.api.news import News, told, waits
from tests.supervisor.api.serving import Served, serving
from tests.waiting import until


class Thing:
    """A number that people can follow."""

    def __init__(self) -> None:
        self.news = News()
        self.n = 0

    def become(self, n: int) -> None:
        self.n = n
        self.news.tell()

    def look(self) -> dict[str, int]:
        return {"n": self.n}


@pytest.fixture
def thing() -> Thing:
    return Thing()


@pytest.fixture
async def served(account, thing: Thing) -> AsyncIterator[Served]:
    endpoints = [
        *told("/v1/thing", Who.PERSON, thing.news, thing.look),
        waits("/v1/thing/wait/true", Who.PERSON, thing.news, lambda: thing.n > 1, thing.look),
    ]
    async with serving(endpoints, account) as made:
        yield made


async def test_only_what_differs_is_told_and_nothing_is_missed(thing):
    seen = []

    async def follow() -> None:
        async for document in thing.news.follow(thing.look):
            seen.append(document["n"])  # noqa: PERF401 - seen as it comes

    task = asyncio.get_running_loop().create_task(follow(), name="follow")
    await until(lambda: seen == [0])
    thing.become(0)
    thing.become(1)
    await until(lambda: seen == [0, 1])
    task.cancel()


async def test_a_wait_ends_when_it_is_so(served, thing):
    loop = asyncio.get_running_loop()
    asked = loop.create_task(served.inside("GET", "/v1/thing/wait/true"), name="ask")
    await until(lambda: thing.news._next._waiters)
    thing.become(1)
    await until(lambda: thing.news._next._waiters)
    thing.become(2)
    assert await asked == (200, {"n": 2})
    assert await served.inside("GET", "/v1/thing/wait/true") == (200, {"n": 2})


async def test_one_thing_is_a_document_a_stream_and_a_websocket(served, thing):
    assert await served.inside("GET", "/v1/thing") == (200, {"n": 0})
    url, events = "http://localhost/v1/thing", {"Accept": "text/event-stream"}
    async with served.session() as session:
        async with session.get(url, headers=events) as answer:
            assert await answer.content.readline() == b'data: {"n":0}\n'
            thing.become(1)
            assert await answer.content.readuntil(b'{"n":1}') == b'\ndata: {"n":1}'
        async with session.get(f"{url}/observe/true") as answer:
            assert await answer.content.readline() == b'{"result":{"n":1}}\n'
        async with session.ws_connect(url) as socket:
            assert (await socket.receive()).data == '{"n":1}'
            await socket.send_str("what a client says is nothing to it")
            thing.become(2)
            assert (await socket.receive()).data == '{"n":2}'
    await until(lambda: not thing.news._next._waiters)
