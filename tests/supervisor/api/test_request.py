"""Requests as they come off a wire: bounded, answered once, given up when nobody listens."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import pytest
from msgspec import Struct

from supervisor.api import request
from supervisor.api.endpoint import Call, Refused, Who, answers, streams
from tests.supervisor.api.serving import Served, serving
from tests.waiting import until


class Wish(Struct):
    name: str


class Things:
    """What the endpoints hold."""

    def __init__(self) -> None:
        self.waiting = 0
        self.news: asyncio.Queue[int] = asyncio.Queue()

    def put(self, call: Call) -> dict[str, str]:
        return {"got": call.document(Wish).name, "q": call.query.get("q", "")}

    async def wait(self, _call: Call) -> None:
        self.waiting += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.waiting -= 1

    def fail(self, call: Call) -> None:
        if "why" in call.query:
            raise Refused(request.HTTPStatus.CONFLICT, "no", call.query["why"])
        raise KeyError("secret")

    async def watch(self, _call: Call) -> AsyncGenerator[dict[str, int], None]:
        self.waiting += 1
        try:
            while True:
                yield {"n": await self.news.get()}
        finally:
            self.waiting -= 1


@pytest.fixture
def things() -> Things:
    return Things()


@pytest.fixture
async def served(account, things: Things) -> AsyncIterator[Served]:
    endpoints = [
        answers("PUT", "/v1/thing", Who.PERSON, things.put, most=100),
        answers("DELETE", "/v1/thing", Who.PERSON, lambda _call: None),
        answers("GET", "/v1/wait", Who.PERSON, things.wait),
        answers("GET", "/v1/fail", Who.PERSON, things.fail),
        streams("/v1/news", Who.PERSON, things.watch),
    ]
    async with serving(endpoints, account) as made:
        yield made


async def raw(served: Served, data: bytes) -> bytes:
    """Everything that is said to these bytes."""
    reader, writer = await asyncio.open_unix_connection(served.path)
    writer.write(data)
    answer = await reader.read()
    writer.close()
    return answer


async def test_a_body_goes_in_and_a_document_comes_out(served):
    wish = {"name": "a"}
    assert await served.ask("PUT", "/v1/thing?q=1&q=2", json=wish) == (200, {"got": "a", "q": "1"})
    assert await served.inside("PUT", "/v1/thing", json=wish) == (200, {"got": "a", "q": ""})
    assert await served.ask("DELETE", "/v1/thing") == (204, None)


async def test_head_is_get_without_its_body(served):
    assert (await served.inside("HEAD", "/v1/fail"))[1] is None


async def test_a_body_in_pieces_is_read_after_its_client_was_told_to_go_on(served):
    head = b"PUT /v1/thing HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    reader, writer = await asyncio.open_unix_connection(served.path)
    writer.write(head + b"Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
    writer.write(b'8\r\n{"name":\r\n5\r\n "b"}\r\n0\r\n\r\n')
    assert b'"got":"b"' in await reader.read()
    writer.close()


async def test_what_is_no_json_is_refused(served):
    status, told = await served.inside("PUT", "/v1/thing", data={"name": "a"})
    assert (status, told) == (415, {"code": "json_expected"})
    json = {"Content-Type": "application/json"}
    status, told = await served.inside("PUT", "/v1/thing", data=b"{", headers=json)
    assert (status, told["code"]) == (400, "body_invalid")


@pytest.mark.parametrize("announced", [True, False])
async def test_a_large_body_is_not_read(served, announced):
    length = b"Content-Length: 5000000" if announced else b"Transfer-Encoding: chunked"
    head = b"PUT /v1/thing HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    body = b"" if announced else b"c8\r\n" + b"x" * 200 + b"\r\n"
    answer = await raw(served, head + length + b"\r\n\r\n" + body)
    assert b"413 " in answer
    assert b"body_too_large" in answer


async def test_a_refused_request_needs_no_body_either(served):
    answer = await raw(served, b"PUT /v1/none HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nxx")
    assert b"404 " in answer


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET /v1/fail HTTP/1.1\r\n\r\n",
        b"GET /v1/fail HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 70000,
    ],
)
async def test_what_is_no_request_is_told_and_closed(served, data):
    answer = await raw(served, data)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))
    assert b"request_invalid" in answer


async def test_a_request_that_does_not_come_is_not_waited_for(served, monkeypatch):
    monkeypatch.setattr(request, "PATIENCE", 0.01)
    assert await raw(served, b"GET /v1/fail HT") == b""


async def test_refusals_are_told_and_failures_are_not(served, capsys):
    assert await served.inside("GET", "/v1/fail?why=so") == (409, {"code": "no", "detail": "so"})
    assert await served.inside("GET", "/v1/fail") == (500, {"code": "internal"})
    assert "secret" in capsys.readouterr().err


async def test_who_leaves_is_not_worked_for(served, things):
    for path in (b"/v1/wait", b"/v1/news"):
        _, writer = await asyncio.open_unix_connection(served.path)
        writer.write(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path)
        await until(lambda: things.waiting == 1)
        writer.close()
        await until(lambda: things.waiting == 0)


async def test_news_are_events_or_lines(served, things):
    for accept, wanted in (
        ("text/event-stream", b'data: {"n":1}\n\ndata: {"n":2}\n\n'),
        ("*/*", b'{"result":{"n":1}}\n{"result":{"n":2}}\n'),
    ):
        things.news.put_nowait(1)
        things.news.put_nowait(2)
        async with (
            served.session() as session,
            session.get("http://localhost/v1/news", headers={"Accept": accept}) as answer,
        ):
            assert await answer.content.readexactly(len(wanted)) == wanted
        await until(lambda: things.waiting == 0)


async def test_a_stream_waits_for_a_slow_reader(served, things):
    """What nobody reads is not taken from its source."""
    for number in range(200_000):
        things.news.put_nowait(number)
    reader, writer = await asyncio.open_unix_connection(served.path, limit=1000)
    writer.write(b"GET /v1/news HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    left = -1

    async def stuck() -> bool:
        nonlocal left
        before, left = left, things.news.qsize()
        return before == left < 200_000

    await until(stuck, pause=0.1)
    assert left > 0
    writer.close()
