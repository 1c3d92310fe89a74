"""The listener in every workspace: no workspace takes the connections of others."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from blobserve.registry.door import MOST, Entry
from kit.unixsocket import bind_unix
from tests.strangers import connect_as

pytestmark = pytest.mark.root
ASK = b"GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
async def path(tmp_path: Path) -> AsyncIterator[str]:
    async def handle(request: web.BaseRequest) -> web.Response:
        return web.Response(text="here")

    runner = web.ServerRunner(Entry(handle))
    await runner.setup()
    await web.SockSite(runner, bind_unix(str(tmp_path / "sock"), 0o666)).start()
    yield str(tmp_path / "sock")
    await runner.cleanup()


async def answer(connection) -> bytes:
    reader, writer = await asyncio.open_unix_connection(sock=connection)
    try:
        writer.write(ASK)
        return await reader.read(4096)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_a_workspace_has_so_many_connections_and_takes_none_of_others(path: str) -> None:
    held = [connect_as(7, path) for _ in range(MOST)]
    try:
        assert await answer(connect_as(7, path)) == b""
        assert b" 200 " in await answer(connect_as(8, path))
        held.pop().close()
        assert b" 200 " in await answer(connect_as(7, path))
    finally:
        for one in held:
            one.close()


async def test_a_connection_serves_one_request_after_another(path: str) -> None:
    reader, writer = await asyncio.open_unix_connection(path)
    for _ in range(3):
        writer.write(ASK)
        assert b" 200 " in await reader.readuntil(b"here")
    writer.close()
