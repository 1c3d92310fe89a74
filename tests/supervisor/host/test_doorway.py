"""What is on the IDE's port where no editor runs."""

import asyncio
from contextlib import suppress

import aiohttp
import pytest

from supervisor.host.doorway import PLACE, Doorway
from tests.ports import free_port


async def led(port: int, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}", allow_redirects=False) as answer,
    ):
        return answer.status, answer.headers["location"]


async def test_every_way_leads_to_the_terminals_as_long_as_it_is_open():
    port = free_port()
    one = Doorway(port)
    await one.open()
    await one.open()
    assert one.is_open
    assert await led(port, "/") == (303, PLACE)
    assert await led(port, "/?payload=x") == (303, PLACE)
    one.close()
    assert not one.is_open
    with pytest.raises(aiohttp.ClientConnectorError):
        await led(port, "/")
    await one.open()
    assert await led(port, "/") == (303, PLACE)
    one.close()


async def test_what_is_no_request_gets_nothing():
    port = free_port()
    one = Doorway(port)
    await one.open()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"x" * 100_000)
    writer.write_eof()
    with suppress(ConnectionResetError):
        assert await reader.read() == b""
    writer.close()
    one.close()


async def test_a_port_that_is_not_free_is_told():
    port = free_port()
    first, second = Doorway(port), Doorway(port)
    await first.open()
    with pytest.raises(OSError, match="in use"):
        await second.open()
    first.close()
