"""The agent socket, which everybody in every workspace can open."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from app.accounts.access import Listener
from app.agentprotocol import LONGEST_HEAD, MOST
from tests.app.listening import listening
from tests.app.server import open_server
from tests.strangers import connect_as

pytestmark = pytest.mark.root
ASK = b"GET /agent/nothing HTTP/1.1\r\nHost: server\r\n\r\n"


@pytest_asyncio.fixture
async def path(tmp_path: Path) -> AsyncIterator[str]:
    async with (
        open_server(tmp_path) as server,
        listening(server.app, Listener.AGENT, tmp_path) as one,
    ):
        Path(one).chmod(0o666)
        yield one


async def answer(connection, said: bytes) -> bytes:
    """Send, and return what comes back at first; nothing when the connection has ended."""
    reader, writer = await asyncio.open_unix_connection(sock=connection)
    try:
        writer.write(said)
        await writer.drain()
        return await reader.read(4096)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_a_workspace_has_so_many_connections_and_takes_none_of_others(path: str) -> None:
    held = [connect_as(7, path) for _ in range(MOST)]
    try:
        assert await answer(connect_as(7, path), ASK) == b""
        assert b" 401 " in await answer(connect_as(8, path), ASK)
        held.pop().close()
        assert b" 401 " in await answer(connect_as(7, path), ASK)
    finally:
        for one in held:
            one.close()


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"x" * 10_000_000,
        b"GET / HTTP/1.1\r\nHost: server\r\n" + b"x-more: y\r\n" * 1_000_000,
        b"GET / HTTP/1.1\r\nx-one: " + b"y" * 10_000_000,
    ],
    ids=["address", "headers", "header"],
)
async def test_a_head_has_an_end(path: str, head: bytes) -> None:
    assert len(head) > LONGEST_HEAD
    assert await answer(connect_as(7, path), head) == b""


async def test_bodies_tell_their_length(path: str) -> None:
    head = b"POST /agent/nothing HTTP/1.1\r\nHost: server\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert b" 400 " in await answer(connect_as(7, path), head + b"0\r\nx-more: y\r\n")


async def test_a_connection_serves_one_request_after_another(path: str) -> None:
    reader, writer = await asyncio.open_unix_connection(sock=connect_as(7, path))
    long = ASK.replace(b"\r\n\r\n", b"\r\nx-much: " + b"y" * 9000 + b"\r\n\r\n")
    try:
        for _ in range(3):
            writer.write(long)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 401")
            length = re.search(rb"content-length: ([0-9]+)", head)
            assert length is not None
            await reader.readexactly(int(length[1]))
    finally:
        writer.close()
