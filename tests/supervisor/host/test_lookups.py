"""Lookups over sockets, with a stand-in for the real resolver."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from supervisor.core.lookups import failed
from supervisor.host.lookups import Lookups
from tests.ports import free_port
from tests.supervisor.samples import NAMES, query
from tests.waiting import until

OTHER = query("example.org")
ANSWER = OTHER[:2] + b"from the resolver"


class Resolver(asyncio.DatagramProtocol):
    """Answers everything alike, on UDP and TCP, or not at all."""

    def __init__(self) -> None:
        self.port = free_port()
        self.silent = False
        self.asked: list[bytes] = []

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        where = ("127.0.0.1", self.port)
        self._udp, _self = await loop.create_datagram_endpoint(lambda: self, local_addr=where)
        self._tcp = await asyncio.start_server(self._converse, *where)

    async def stop(self) -> None:
        self._udp.close()
        self._tcp.close()
        await self._tcp.wait_closed()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, client: tuple[str, int]) -> None:
        self.asked.append(data)
        if not self.silent:
            self._transport.sendto(b"xxan answer to somebody else", client)
            self._transport.sendto(ANSWER, client)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2 + len(OTHER))
        if not self.silent:
            writer.write(struct.pack("!H", len(ANSWER)) + ANSWER)
        writer.close()


@pytest.fixture
async def resolver() -> AsyncIterator[Resolver]:
    made = Resolver()
    await made.start()
    yield made
    await made.stop()


@asynccontextmanager
async def served(lookups: Lookups) -> AsyncIterator[int]:
    """Serve on a port of its own."""
    chosen = free_port()
    serving = asyncio.get_running_loop().create_task(lookups.run(chosen))
    await until(lambda: serving.done() or _listens(chosen))
    yield chosen
    serving.cancel()
    await asyncio.wait([serving])


@pytest.fixture
async def port(resolver: Resolver) -> AsyncIterator[int]:
    async with served(Lookups(NAMES, resolver.port)) as chosen:
        yield chosen


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


async def ask(port: int, data: bytes) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.setblocking(False)
        one.connect(("127.0.0.1", port))
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(one, data)
        return await loop.sock_recv(one, 2048)


async def ask_by_tcp(port: int, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(struct.pack("!H", len(data)) + data)
    answer = await reader.readexactly(int.from_bytes(await reader.readexactly(2)))
    writer.close()
    return answer


@pytest.mark.parametrize("how", [ask, ask_by_tcp])
async def test_our_names_are_answered_here_and_all_others_by_the_resolver(port, resolver, how):
    assert (await how(port, query("podium.localhost")))[-4:] == bytes([198, 18, 0, 1])
    assert resolver.asked == []
    assert await how(port, OTHER) == ANSWER


async def test_a_resolver_that_is_silent_or_away_is_told_to_who_asked(resolver):
    async with served(Lookups(NAMES, resolver.port, patience=0.05, tcp_patience=0.05)) as port:
        resolver.silent = True
        assert await ask(port, OTHER) == failed(OTHER)
        assert await ask_by_tcp(port, OTHER) == failed(OTHER)
        await resolver.stop()
        assert await ask(port, OTHER) == failed(OTHER)
        assert await ask_by_tcp(port, OTHER) == failed(OTHER)
        await resolver.start()


async def test_the_next_resolver_is_asked(resolver):
    names = msgspec.structs.replace(NAMES, resolvers=["127.0.0.2", "127.0.0.1"])
    async with served(Lookups(names, resolver.port)) as port:
        assert await ask(port, OTHER) == ANSWER
        assert await ask_by_tcp(port, OTHER) == ANSWER


async def test_a_flood_is_cut(resolver):
    async with served(Lookups(NAMES, resolver.port, most_at_once=0)) as port:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.connect(("127.0.0.1", port))
            one.send(OTHER)
        assert await ask(port, query("podium.localhost"))
    assert resolver.asked == []


async def test_nonsense_ends_nothing(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x00\x09x")
    writer.close()
    with pytest.raises(asyncio.IncompleteReadError):
        await reader.readexactly(1)
    assert await ask(port, query("podium.localhost"))


async def test_a_taken_port_is_an_error(port):
    with pytest.raises(OSError, match="in use"):
        await Lookups(NAMES).run(port)
