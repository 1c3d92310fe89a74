"""What programs ask of the IDE over the socket, and what a window hears of it."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from kit.tasks import Tasks
from supervisor.api.ide import endpoints
from supervisor.host.windows import Windows
from tests.supervisor.api.serving import Served, serving
from tests.waiting import until


@pytest.fixture
def windows() -> Windows:
    return Windows()


@pytest.fixture
async def served(account, windows: Windows) -> AsyncIterator[Served]:
    async with serving(endpoints(windows, lambda: {"state": "done"}), account) as made:
        yield made


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    made = Tasks()
    yield made
    await made.close()


async def follow(served: Served, heard: list[dict]) -> None:
    """Listen as a window of VS Code does."""
    reader, writer = await asyncio.open_unix_connection(served.path)
    try:
        head = (
            "GET /v1/ide/events?window=w HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
        )
        writer.write(head.encode())
        async for line in reader:
            field, _, value = line.partition(b": ")
            heard += [json.loads(value)] if field == b"data" else []
    finally:
        writer.close()


async def test_a_file_is_opened_and_the_answer_comes_when_it_is_closed(served, windows, tasks):
    heard: list[dict] = []
    tasks.spawn(follow(served, heard), "window")
    await until(lambda: len(windows) == 1)
    assert await served.inside("GET", "/v1/ide") == (200, {"state": "done", "windows": 1})
    wish = {"paths": ["/workspace/demo/a.py"], "wait": True}
    opening = tasks.spawn(served.inside("POST", "/v1/ide/open", json=wish), "open")
    await until(lambda: heard)
    assert heard == [{"number": 1, **wish}]
    assert (await served.inside("POST", "/v1/ide/used", json={"window": "w"}))[0] == 204
    assert not opening.done()
    assert (await served.inside("POST", "/v1/ide/done", json={"number": 1}))[0] == 204
    assert (await opening)[0] == 204


async def test_an_address_that_cannot_be_shown_says_why(served, windows, tasks):
    heard: list[dict] = []
    tasks.spawn(follow(served, heard), "window")
    await until(lambda: len(windows) == 1)
    wish = {"url": "http://3000-x.ws.localhost/", "external": True}
    asking = tasks.spawn(served.inside("POST", "/v1/ide/preview", json=wish), "preview")
    await until(lambda: heard)
    assert heard == [{"number": 1, "preview": wish["url"], "external": True}]
    done = {"number": 1, "fault": "a popup was blocked"}
    await served.inside("POST", "/v1/ide/done", json=done)
    assert await asking == (422, {"code": "not_shown", "detail": "a popup was blocked"})


async def test_without_a_window_it_is_refused_at_once(served):
    status, told = await served.inside("POST", "/v1/ide/open", json={"paths": ["/a"]})
    assert (status, told["code"]) == (409, "no_window")


@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("/v1/ide/open", {"paths": []}),
        ("/v1/ide/open", {"paths": ["relative"]}),
        ("/v1/ide/open", {"paths": ["/a\0b"]}),
        ("/v1/ide/open", {"paths": ["/a"], "run": "rm"}),
        ("/v1/ide/preview", {"url": "javascript:alert(1)"}),
        ("/v1/ide/preview", {"url": "file:///etc/passwd"}),
        ("/v1/ide/done", {"number": "1"}),
        ("/v1/ide/used", {"window": ""}),
    ],
)
async def test_what_cannot_be_asked_for_is_refused(served, path, wish):
    status, told = await served.inside("POST", path, json=wish)
    assert (status, told["code"]) == (400, "body_invalid")
