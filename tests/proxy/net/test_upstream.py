"""Connections to upstreams: made in three ways, kept for a while, never mixed up."""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kit.unixsocket import bind_unix
from proxy.core.commands import Service, Upstream, Way
from proxy.core.patience import KEPT_PER_UPSTREAM, KEPT_UPSTREAM
from proxy.net import upstream as module
from proxy.net.dial import Dialer, UnreachableError
from proxy.net.inward import Ways
from proxy.net.upstream import Pool, Wire, send
from tests.ports import free_port
from tests.proxy.net.certificates import self_signed
from tests.proxy.net.standins import Node
from tests.waiting import until
from wire.routes import AddressTarget, NodeTarget

SERVER = Upstream(Service.SERVER)
PORT = Upstream(NodeTarget(instance="w.1"), 3000)


class User:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def upstream_received(self, data: bytes) -> None:
        self.told.append(data)

    def upstream_eof(self) -> bool:
        self.told.append("eof")
        return False

    def upstream_lost(self, *, clean: bool) -> None:
        self.told.append(("lost", clean))

    def upstream_full(self, *, full: bool) -> None:
        self.told.append(("full", full))


class Echo:
    """A listener on TCP and on a Unix socket that says back what it hears."""

    def __init__(self, path: str) -> None:
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.unix = bind_unix(path, 0o600)
        self.writers: list[asyncio.StreamWriter] = []

    async def start(self) -> None:
        self._servers = [
            await asyncio.start_server(self._serve, sock=self.tcp),
            await asyncio.start_unix_server(self._serve, sock=self.unix),
        ]

    async def stop(self) -> None:
        for writer in self.writers:
            writer.transport.abort()
        for server in self._servers:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        while data := await reader.read(65536):
            writer.write(data)


@pytest.fixture
async def echo(tmp_path: Path) -> AsyncIterator[Echo]:
    made = Echo(str(tmp_path / "public.sock"))
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def node(tmp_path: Path, echo: Echo) -> AsyncIterator[Node]:
    made = Node(str(tmp_path / "dial.sock"))
    made.ports["w.1", 3000] = echo.tcp.getsockname()[1]
    made.start()
    yield made
    await made.stop()


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Pool]:
    dialer = Dialer(str(tmp_path / "dial.sock"))
    made = Pool({Service.SERVER: str(tmp_path / "public.sock")}, Ways(dialer))
    yield made
    made.close()
    dialer.close()


async def echoes(wire: Wire) -> bool:
    wire.user = user = User()
    wire.write([b"he", b"llo"])
    await until(lambda: b"hello" in user.told)
    return True


async def way_of(pool: Pool, upstream: Upstream) -> Way:
    with pytest.raises(UnreachableError) as caught:
        await pool.open(upstream)
    return caught.value.way


@pytest.mark.usefixtures("node")
async def test_the_server_a_port_and_an_address(pool: Pool, echo: Echo) -> None:
    address = Upstream(AddressTarget(host="127.0.0.1"), echo.tcp.getsockname()[1])
    for one in (SERVER, PORT, address):
        wire = await pool.open(one)
        assert wire.upstream == one
        assert await echoes(wire)
        wire.close()


async def test_who_is_not_there(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.net.dial.RESTART", 0)
    assert await way_of(pool, SERVER) is Way.AWAY
    assert await way_of(pool, PORT) is Way.AWAY
    closed = Upstream(AddressTarget(host="127.0.0.1"), free_port())
    assert await way_of(pool, closed) is Way.REFUSED
    bind_unix(str(tmp_path / "public.sock"), 0o600).close()
    assert await way_of(pool, SERVER) is Way.AWAY, "a socket file that nobody listens on"
    node = Node(str(tmp_path / "dial.sock"))
    node.silent = True
    node.start()
    monkeypatch.setattr(module, "CONNECT_TIMEOUT", 0.02)
    assert await way_of(pool, PORT) is Way.BUSY
    await node.stop()


async def test_the_connection_used_last_is_taken_first(pool: Pool, echo: Echo) -> None:
    assert pool.take(SERVER) is None
    first, second = await pool.open(SERVER), await pool.open(SERVER)
    pool.keep(first)
    pool.keep(second)
    assert pool.take(PORT) is None, "somebody else's"
    assert pool.take(SERVER) is second
    assert pool.take(SERVER) is first
    assert pool.take(SERVER) is None
    assert await echoes(first)
    first.close()
    second.close()
    assert len(echo.writers) == 2


async def test_a_kept_connection_that_ended_is_not_taken(pool: Pool, echo: Echo) -> None:
    wire = await pool.open(SERVER)
    pool.keep(wire)
    await until(lambda: echo.writers)
    echo.writers[0].transport.abort()
    await until(lambda: not wire.alive)
    assert pool.take(SERVER) is None


async def test_bytes_that_nobody_asked_for_end_it(pool: Pool, echo: Echo) -> None:
    wire = await pool.open(SERVER)
    pool.keep(wire)
    await until(lambda: echo.writers)
    echo.writers[0].write(b"HTTP/1.1 200 OK\r\n\r\n")
    await until(lambda: not wire.alive)
    assert pool.take(SERVER) is None


@pytest.mark.usefixtures("echo")
async def test_only_so_many_are_kept_and_only_so_long(pool: Pool) -> None:
    wires = [await pool.open(SERVER) for _ in range(KEPT_PER_UPSTREAM + 1)]
    for wire in wires:
        pool.keep(wire)
    assert [wire.alive for wire in wires].count(False) == 1
    now = time.monotonic()
    pool.sweep(now + KEPT_UPSTREAM / 2)
    assert any(wire.alive for wire in wires)
    pool.sweep(now + KEPT_UPSTREAM + 1)
    assert not any(wire.alive for wire in wires)
    assert pool.take(SERVER) is None


@pytest.mark.usefixtures("node")
async def test_connections_to_instances_that_ended_are_closed(pool: Pool) -> None:
    server, port = await pool.open(SERVER), await pool.open(PORT)
    pool.keep(server)
    pool.keep(port)
    assert pool.workspaces() == ["w"]
    pool.forget("w", "w.1")
    pool.forget("v", "v.1")
    assert port.alive
    pool.forget("w", "w.2")
    assert not port.alive
    assert pool.workspaces() == []
    assert pool.take(SERVER) is server
    server.close()


async def test_a_user_hears_of_the_end(pool: Pool, echo: Echo) -> None:
    wire = await pool.open(SERVER)
    wire.user = user = User()
    await until(lambda: echo.writers)
    echo.writers[0].close()
    await until(lambda: user.told)
    assert user.told == ["eof", ("lost", True)]
    assert not wire.alive
    wire.write([b"to nobody"])
    wire.hold(on=True)
    wire.close()


@pytest.mark.usefixtures("echo")
async def test_a_held_wire_reads_nothing_until_it_may(pool: Pool) -> None:
    wire = await pool.open(SERVER)
    wire.user = user = User()
    wire.hold(on=True)
    wire.write([b"x"])
    later = await pool.open(SERVER)
    assert await echoes(later)
    assert user.told == []
    later.close()
    wire.hold(on=False)
    await until(lambda: user.told)
    wire.close()


@pytest.mark.usefixtures("echo")
async def test_a_held_wire_that_is_kept_reads_again(pool: Pool) -> None:
    wire = await pool.open(SERVER)
    wire.hold(on=True)
    pool.keep(wire)
    assert pool.take(SERVER) is wire
    assert await echoes(wire)
    wire.close()


async def test_after_close_nobody_is_told(pool: Pool, echo: Echo) -> None:
    wire = await pool.open(SERVER)
    wire.user = user = User()
    wire.close(flush=True)
    await until(lambda: not wire.alive)
    assert user.told == []
    assert echo.tcp


@pytest.fixture
async def encrypted(tmp_path: Path, node: Node) -> AsyncIterator[Upstream]:
    """A port whose server has a certificate that nobody has signed."""

    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        while data := await reader.read(65536):
            writer.write(data)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*self_signed(tmp_path))
    context.set_alpn_protocols(["h2", "http/1.1"])
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    node.ports["w.1", 8443] = server.sockets[0].getsockname()[1]
    yield Upstream(NodeTarget(instance="w.1"), 8443, tls=True)
    for writer in writers:
        writer.transport.abort()
    server.close()


async def test_a_port_that_speaks_https_is_spoken_to_over_tls(
    pool: Pool, encrypted: Upstream
) -> None:
    wire = await pool.open(encrypted)
    assert wire.transport is not None
    assert wire.transport.get_extra_info("ssl_object").selected_alpn_protocol() == "http/1.1"
    assert await echoes(wire)
    pool.keep(wire)
    assert pool.take(Upstream(encrypted.target, encrypted.port)) is None, "kept for what it speaks"
    assert pool.take(encrypted) is wire


async def test_a_port_that_speaks_no_tls_is_told_apart(pool: Pool, node: Node) -> None:
    del node
    assert await way_of(pool, Upstream(PORT.target, PORT.port, tls=True)) is Way.NOT_TLS


async def test_parts_arrive_in_order_whatever_their_size(pool: Pool, echo: Echo) -> None:
    wire = await pool.open(Upstream(AddressTarget(host="127.0.0.1"), echo.tcp.getsockname()[1]))
    user = wire.user = User()
    assert wire.transport is not None
    parts = [b"head", b"x" * 100_000, b"tail", b"y" * 50_000]
    for group in (parts[:2], parts[2:], [b"a", b"b"]):
        send(wire.transport, group)
    whole, told = b"".join(parts) + b"ab", user.told
    await until(lambda: b"".join(one for one in told if isinstance(one, bytes)) == whole)
    wire.close()
