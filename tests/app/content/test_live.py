"""A page of restore points follows what is made and restored."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.app.browser import Browser, Socket
from tests.app.content.serving import Serving, open_serving
from tests.waiting import until


@pytest_asyncio.fixture
async def serving(tmp_path: Path) -> AsyncIterator[Serving]:
    async with open_serving(tmp_path) as opened:
        yield opened


async def shows(socket: Socket, text: str) -> str:
    """Return the first message that says it."""
    while text not in (said := await socket.text()):
        continue
    return said


async def test_a_point_is_followed_from_the_wish_to_its_end(serving: Serving) -> None:
    node, points = serving.server.node, serving.server.points
    assert points is not None
    browser = Browser(serving.server)
    await browser.sign_in()
    query = f"workspace={serving.workspace}"
    async with browser.live(query, "/live/points") as socket:
        assert (await socket.next())["type"] == "websocket.accept"
        said = await shows(socket, "at the stop")
        assert 'id="points" hx-swap-oob="true"' in said
        node.script.hold("backup")
        made = await serving.post("/points")
        await shows(socket, "Being made")

        async def asked() -> bool:
            return node.calls.count(("backup", f"{serving.workspace}.1")) == 2

        await until(asked)
        points.progress(made["id"], "writing", 320_000_000, 700_000_000)
        await shows(socket, "writing 45 %, 320 MB of 700 MB")
        told = (await serving.get(f"/points/{made['id']}"))["progress"]
        assert told == {"text": "writing", "done": 320_000_000, "total": 700_000_000}
        node.script.release("backup")
        await shows(socket, "asked for")


async def test_somebody_elses_points_are_not_shown(serving: Serving) -> None:
    browser = Browser(serving.server)
    await browser.sign_in()
    async with browser.live("workspace=amber-otter-0000000000", "/live/points") as socket:
        assert (await socket.next())["type"] == "websocket.accept"
        assert " resync " in await socket.text()
