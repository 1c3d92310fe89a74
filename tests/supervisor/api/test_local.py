"""The socket for `gp` and the IDE."""

import asyncio
import os
import stat
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from supervisor.api.local import LocalApi


@pytest.fixture
async def path(account) -> AsyncIterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "gp.sock")
        place.touch()  # what an earlier one left
        api = LocalApi(
            {"/v1/tasks": lambda: {"tasks": []}},
            lambda _name: None,
            {"/v1/timeout/set": lambda text: {"wished": int(text)}},
        )
        server = await api.start(str(place), account)
        yield place
        server.close()
        await server.wait_closed()


async def get(path: Path, target: str) -> tuple[int, object]:
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path))) as session,
        session.get(f"http://localhost{target}") as answer,
    ):
        return answer.status, await answer.json()


async def test_it_answers_by_path(path):
    assert await get(path, "/v1/tasks?x=1") == (200, {"tasks": []})
    assert await get(path, "/v1/terminals/main") == (404, {"code": "not_found"})
    assert await get(path, "/") == (404, {"code": "not_found"})


async def test_a_wish_is_done_or_refused_with_its_reason(path):
    assert await get(path, "/v1/timeout/set?to=7") == (200, {"wished": 7})
    status, body = await get(path, "/v1/timeout/set?to=x")
    assert (status, body["code"]) == (400, "refused")
    assert "invalid literal" in body["detail"]


async def test_it_is_the_persons_alone(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_nothing_else_runs_under_its_mask(account, tmp_path: Path):
    """The mask is the process's: a folder made meanwhile would be closed to its own person."""

    async def look() -> int:
        mask = os.umask(0o022)
        os.umask(mask)
        return mask

    before = await look()
    server, meanwhile = await asyncio.gather(
        LocalApi({}, lambda _name: None, {}).start(str(tmp_path / "gp.sock"), account), look()
    )
    assert meanwhile == before
    server.close()
    await server.wait_closed()


async def test_an_unknown_terminal_is_closed_with_its_reason(path):
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path))) as session,
        session.ws_connect("http://localhost/v1/terminals/none") as socket,
    ):
        await socket.receive()
        assert socket.close_code == 4004
