"""Connections from inside the workspace, to a stand-in for the proxy and to the person's server."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from supervisor.host.entry import Entry
from tests.ports import free_port
from tests.supervisor.samples import KEY, NAMES, WORKSPACE, wish
from tests.waiting import until
from wire.names import read_greeting

PLATFORM = b"GET / HTTP/1.1\r\nHost: podium.localhost:8080\r\n\r\n"
PERSON = b"GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n"

pytestmark = pytest.mark.root


class World:
    """Ports of this test, and who listens."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.persons = free_port()
        self.path = str(folder / "entry.sock")
        self.wish = wish()
        self.greeted: list[bytes] = []
        self.servers: list[asyncio.Server] = []
        names = msgspec.structs.replace(NAMES, port=self.persons)
        self.entry = Entry(names, self.path, lambda: self.wish)

    async def start_proxy(self) -> None:
        self.servers.append(await asyncio.start_unix_server(self._proxy, self.path))

    async def start_person(self, address: str) -> None:
        self.servers.append(await asyncio.start_server(self._person, address, self.persons))

    async def _proxy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.greeted.append(await reader.readuntil(b"\r\n"))
        writer.write(b"proxy " + await reader.read(4096))
        writer.close()

    async def _person(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"person " + await reader.read(4096))
        writer.close()

    async def ask(self, address: str, data: bytes, *, end: bool = False) -> bytes:
        reader, writer = await asyncio.open_connection(address, self.port)
        writer.write(data)
        if end:
            writer.write_eof()
        try:
            return await reader.read()
        finally:
            writer.close()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    await made.start_proxy()
    serving = asyncio.get_running_loop().create_task(made.entry.run(made.port))
    await until(lambda: serving.done() or _listens(made.port))
    yield made
    serving.cancel()
    await asyncio.wait([serving])
    for one in made.servers:
        one.close()


def _listens(port: int) -> bool:
    with socket.socket(socket.AF_INET6) as one:
        return one.connect_ex(("::1", port)) == 0


async def test_what_was_sent_to_the_gateway_goes_to_the_proxy_with_a_greeting(world):
    assert await world.ask("127.0.0.1", PERSON) == b"proxy " + PERSON
    greeting = read_greeting(world.greeted[0])
    assert (greeting.workspace, greeting.address) == (WORKSPACE, NAMES.address)
    assert greeting.holds(KEY, time.time())


async def test_what_was_sent_to_loopback_goes_where_its_host_says(world):
    await world.start_person("127.0.0.1")
    assert await world.ask("::1", PLATFORM) == b"proxy " + PLATFORM
    assert await world.ask("::1", PERSON) == b"person " + PERSON


async def test_a_server_of_the_person_on_ipv6_alone_is_reached(world):
    await world.start_person("::1")
    assert await world.ask("::1", PERSON) == b"person " + PERSON


async def test_who_says_nothing_is_the_persons(world):
    await world.start_person("127.0.0.1")
    assert await world.ask("::1", b"", end=True) == b"person "


async def test_who_waits_to_be_spoken_to_is_the_persons(world):
    async def hello(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello")
        writer.close()

    world.servers.append(await asyncio.start_server(hello, "127.0.0.1", world.persons))
    assert await world.ask("::1", b"") == b"220 hello"


@pytest.mark.parametrize("data", [PERSON, b"\x16\x03\x01"])
async def test_where_nothing_listens_the_connection_is_reset(world, data):
    with pytest.raises(ConnectionResetError):
        await world.ask("::1", data)


async def test_without_a_proxy_or_a_key_the_connection_is_reset(world):
    world.wish = None
    with pytest.raises(ConnectionResetError):
        await world.ask("127.0.0.1", PLATFORM)
    world.wish = wish(key="")
    with pytest.raises(ConnectionResetError):
        await world.ask("127.0.0.1", PLATFORM)
    world.wish = wish()
    Path(world.path).unlink()
    with pytest.raises(ConnectionResetError):
        await world.ask("127.0.0.1", PLATFORM)


async def test_much_goes_both_ways_and_the_end_is_passed_on(world):
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        data = await reader.read()
        writer.write(data[data.index(b"\r\n") + 2 :])
        writer.close()

    Path(world.path).unlink()
    world.servers.append(await asyncio.start_unix_server(echo, world.path))
    data = bytes(range(256)) * 20_000
    assert await world.ask("127.0.0.1", data, end=True) == data


async def test_a_client_that_goes_takes_its_connection_along(world):
    gone = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        gone.set()
        writer.close()

    Path(world.path).unlink()
    world.servers.append(await asyncio.start_unix_server(wait, world.path))
    _reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    writer.transport.abort()
    await asyncio.wait_for(gone.wait(), 60)
