"""What every way into a workspace keeps to: by a daemon, by a pod's door, and the fake."""

import asyncio
import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from proxy.core.commands import Way
from proxy.net.dial import Dialer, UnreachableError
from proxy.net.fakeinward import FakeInward
from proxy.net.inward import Inward, Ways
from supervisor.host import door as doors
from tests.doors import open_door
from tests.ports import free_port
from tests.proxy.net.certificates import self_signed
from tests.proxy.net.standins import Node
from tests.waiting import until
from wire.routes import NodeTarget

KEY = b64encode(b"k" * 32).decode()
INSTANCE = "w.1"


class Talk(asyncio.Protocol):
    """Keeps what it hears, and how it ended."""

    def __init__(self) -> None:
        self.heard = b""
        self.lost: list[Exception | None] = []

    def data_received(self, data: bytes) -> None:
        self.heard += data

    def connection_lost(self, error: Exception | None) -> None:
        self.lost.append(error)


class World:
    """An instance with a server in it, and a way there."""

    def __init__(self, inward: Inward, target: NodeTarget, lead: Callable[[int], int]) -> None:
        self.inward = inward
        self.target = target
        self.lead = lead
        """A port of this machine → the number it has in the instance."""

    async def connect(self, port: int, tls: ssl.SSLContext | None = None):
        transport, protocol = await self.inward.connect(Talk, self.target, self.lead(port), tls)
        assert isinstance(protocol, Talk)
        return transport, protocol

    async def way(self, target: NodeTarget, port: int) -> Way:
        with pytest.raises(UnreachableError) as caught:
            await self.inward.connect(Talk, target, port)
        return caught.value.way


@asynccontextmanager
async def by_daemon(folder: Path) -> AsyncIterator[World]:
    node, dialer = Node(str(folder / "dial.sock")), Dialer(str(folder / "dial.sock"))
    node.errors["w.2", 3000] = "unknown"

    def lead(port: int) -> int:
        node.ports[INSTANCE, port] = port
        return port

    node.start()
    yield World(Ways(dialer), NodeTarget(instance=INSTANCE), lead)
    dialer.close()
    await node.stop()


@asynccontextmanager
async def by_door(folder: Path) -> AsyncIterator[World]:
    dialer = Dialer(str(folder / "none.sock"))
    async with open_door(KEY) as at:
        target = NodeTarget(instance=INSTANCE, at=at, key=KEY)
        yield World(Ways(dialer), target, lambda port: port)
    dialer.close()


@asynccontextmanager
async def by_nothing(_folder: Path) -> AsyncIterator[World]:
    made = FakeInward()

    def lead(port: int) -> int:
        made.ports[INSTANCE, port] = port
        return port

    lead(1)
    yield World(made, NodeTarget(instance=INSTANCE), lead)
    made.close()


@pytest.fixture(params=[by_daemon, by_door, by_nothing])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with request.param(tmp_path) as made:
        yield made


@pytest.fixture
async def said() -> AsyncIterator[list[bytes]]:
    """What the server has heard."""
    return []


@pytest.fixture
async def port(said: list[bytes]) -> AsyncIterator[int]:
    async with serving(said) as made:
        yield made


@asynccontextmanager
async def serving(said: list[bytes], tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that greets, says back what it hears, and ends at `end`, or breaks off at `cut`."""
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(b"hello ")
        while data := await reader.read(65536):
            said.append(data)
            if data == b"cut":
                connected = writer.get_extra_info("socket")
                reset = (1).to_bytes(4, "little") + bytes(4)
                connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
                writer.transport.abort()
                return
            writer.write(data)
            await writer.drain()
            if data == b"end":
                break
        writer.close()

    made = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    yield made.sockets[0].getsockname()[1]
    for one in writers:
        one.transport.abort()
    made.close()


async def test_bytes_go_both_ways_and_the_first_are_the_servers(world: World, port: int) -> None:
    transport, talk = await world.connect(port)
    await until(lambda: talk.heard == b"hello ")
    data = bytes(range(256)) * 20_000
    transport.write(data)
    await until(lambda: talk.heard == b"hello " + data)
    transport.abort()


async def test_an_end_is_one_and_nothing_of_what_came_before_is_missing(
    world: World, port: int
) -> None:
    transport, talk = await world.connect(port)
    transport.write(b"end")
    await until(lambda: talk.lost)
    assert (talk.heard, talk.lost) == (b"hello end", [None])


async def test_what_breaks_off_is_no_end(world: World, port: int) -> None:
    transport, talk = await world.connect(port)
    await until(lambda: talk.heard)
    transport.write(b"cut")
    await until(lambda: talk.lost)
    assert isinstance(talk.lost[0], OSError)


async def test_the_port_hears_of_the_end(world: World, port: int, said: list[bytes]) -> None:
    transport, talk = await world.connect(port)
    transport.write(b"last words")
    transport.close()
    await until(lambda: talk.lost and said)
    assert b"".join(said) == b"last words"


async def test_a_port_with_tls_of_its_own(world: World, tmp_path: Path) -> None:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(*self_signed(tmp_path))
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ours.check_hostname, ours.verify_mode = False, ssl.CERT_NONE
    async with serving([], theirs) as port:
        transport, talk = await world.connect(port, ours)
        transport.write(b"end")
        await until(lambda: talk.heard == b"hello end")
        transport.abort()


async def test_a_port_without_tls_where_it_was_asked_for(world: World, port: int) -> None:
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ours.check_hostname, ours.verify_mode = False, ssl.CERT_NONE
    with pytest.raises(ssl.SSLError):
        await world.connect(port, ours)


async def test_where_nothing_listens_is_refused(world: World) -> None:
    assert await world.way(world.target, free_port()) is Way.REFUSED


async def test_another_instance_is_not_known_there(world: World, port: int) -> None:
    world.lead(port)
    other = b64encode(b"o" * 32).decode() if world.target.at else ""
    there = NodeTarget(instance="w.2", at=world.target.at, key=other)
    assert await world.way(there, 3000) is Way.UNKNOWN


# --- the door alone ---


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[World]:
    async with by_door(tmp_path) as made:
        yield made


async def test_nothing_at_the_address_is_away(door: World) -> None:
    for at in (f"127.0.0.1:{free_port()}", "", "127.0.0.1", "x:y"):
        there = NodeTarget(instance=INSTANCE, at=at or ":", key=KEY)
        assert await door.way(there, 3000) is Way.AWAY


async def test_a_port_that_does_not_accept_is_busy(
    door: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "WAITING", 0)
    assert await door.way(door.target, free_port()) is Way.BUSY


async def test_who_is_no_door_hears_nothing_but_a_handshake(door: World, tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*self_signed(tmp_path))
    said: list[bytes] = []
    for context in (tls, None):
        async with serving(said, context) as port:
            there = NodeTarget(instance=INSTANCE, at=f"127.0.0.1:{port}", key=KEY)
            assert await door.way(there, 3000) is Way.UNKNOWN
    assert not any(b"CONNECT" in one for one in said)


async def test_one_who_gives_up_leaves_nothing_open(door: World, monkeypatch) -> None:
    stuck = socket.create_server(("127.0.0.1", 0))
    there = NodeTarget(instance=INSTANCE, at=f"127.0.0.1:{stuck.getsockname()[1]}", key=KEY)
    asking = asyncio.get_running_loop().create_task(door.inward.connect(Talk, there, 3000))
    stuck.setblocking(False)
    connected, _ = await asyncio.get_running_loop().sock_accept(stuck)
    await asyncio.get_running_loop().sock_recv(connected, 10)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    while await _ended(connected):
        continue
    connected.close()
    stuck.close()


async def _ended(connected: socket.socket) -> bytes:
    try:
        return await asyncio.get_running_loop().sock_recv(connected, 65536)
    except ConnectionError:
        return b""
