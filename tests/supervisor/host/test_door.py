"""The door: who is led on, who hears nothing, and how much of that there may be."""

import asyncio
import json
import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator

import msgspec
import pytest

from app.workspaces.doors import certificate
from supervisor.host import door as module
from supervisor.host.door import serve_door
from tests.doors import open_door
from tests.ports import free_port
from tests.supervisor.answering import answering
from tests.waiting import until
from wire.door import DOOR_PATH, DoorGiven, question

KEY, OTHER = (b64encode(one * 32).decode() for one in (b"k", b"o"))
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def tls() -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    return made


async def come(at: str, line: bytes = b"") -> Stream:
    host, _, port = at.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port), ssl=tls(), server_hostname="")
    writer.write(line)
    return reader, writer


async def all_of(stream: Stream) -> bytes:
    """Return everything that comes until the end, whichever way that comes."""
    try:
        return await stream[0].read()
    except ConnectionError:
        return b""
    finally:
        await leave(stream[1])


async def leave(writer: asyncio.StreamWriter) -> None:
    """Go at once, and wait until one is gone."""
    writer.transport.abort()
    await asyncio.gather(writer.wait_closed(), return_exceptions=True)


class Listener:
    """Says back what it hears, and at the end of that ends."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.create_server((address, 0), family=family)
        self.port = self.socket.getsockname()[1]
        self.writers: list[asyncio.StreamWriter] = []

    async def start(self) -> "Listener":
        self._server = await asyncio.start_server(self._serve, sock=self.socket)
        return self

    def stop(self) -> None:
        for one in self.writers:
            one.close()
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()


@pytest.fixture
async def at() -> AsyncIterator[str]:
    async with open_door(KEY) as address:
        yield address


@pytest.fixture
async def echo() -> AsyncIterator[Listener]:
    made = await Listener().start()
    yield made
    made.stop()


async def test_who_has_the_key_is_led_to_a_port(at: str, echo: Listener) -> None:
    reader, writer = await come(at, question(echo.port, KEY) + b"at once")
    assert await reader.readline() == b"ok\n"
    assert await reader.readexactly(7) == b"at once"
    data = bytes(range(256)) * 40_000
    loop = asyncio.get_running_loop()
    saying = loop.create_task(_say(writer, data))
    assert await reader.readexactly(len(data)) == data
    await saying
    await leave(writer)
    await until(echo.writers[0].is_closing)


async def _say(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


async def test_a_port_of_the_other_loopback_is_found(at: str) -> None:
    six = await Listener("::1").start()
    reader, writer = await come(at, question(six.port, KEY) + b"x")
    assert await reader.readline() == b"ok\n"
    assert await reader.readexactly(1) == b"x"
    await leave(writer)
    six.stop()


async def test_who_speaks_first_is_heard_behind_the_answer(at: str, echo: Listener) -> None:
    stream = await come(at, question(echo.port, KEY))
    await until(lambda: echo.writers)
    echo.writers[0].write(b"SSH-2.0\r\n")
    echo.writers[0].close()
    assert await all_of(stream) == b"ok\nSSH-2.0\r\n"


async def test_what_is_cut_off_is_not_taken_for_an_end(at: str, echo: Listener) -> None:
    reader, writer = await come(at, question(echo.port, KEY))
    assert await reader.readline() == b"ok\n"
    connected = echo.writers[0].get_extra_info("socket")
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, module_reset())
    echo.writers[0].transport.abort()
    with pytest.raises(ConnectionError):
        await reader.read()
    await leave(writer)


def module_reset() -> bytes:
    return (1).to_bytes(4, "little") + bytes(4)


@pytest.mark.parametrize(("port", "word"), [(0, b"unknown\n"), (99_999, b"unknown\n")])
async def test_what_is_no_port_is_said_to_be_none(at: str, port: int, word: bytes) -> None:
    assert await all_of(await come(at, question(port, KEY))) == word


async def test_where_nothing_listens_is_refused(at: str) -> None:
    assert await all_of(await come(at, question(free_port(), KEY))) == b"refused\n"


async def test_a_port_that_does_not_accept_is_busy_and_holds_up_no_other(
    at: str, echo: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING", 1)
    stuck = socket.socket()
    stuck.bind(("127.0.0.1", 0))
    stuck.listen(0)
    filled = [socket.socket() for _ in range(4)]
    for one in filled:
        one.setblocking(False)
        one.connect_ex(stuck.getsockname())
    waits = await come(at, question(stuck.getsockname()[1], KEY))
    again = b""
    while again != b"busy\n":  # until the first of them waits
        again = await all_of(await come(at, question(stuck.getsockname()[1], KEY)))
    reader, writer = await come(at, question(echo.port, KEY))
    assert await reader.readline() == b"ok\n"
    for one in (writer, waits[1]):
        await leave(one)
    for one in (*filled, stuck):
        one.close()


@pytest.mark.parametrize(
    "line",
    [b"GET / HTTP/1.1\r\n\r\n", question(3000, OTHER), b"CONNECT 3000\n", b"x" * 5000, b"\n"],
    ids=["http", "another key", "no password", "too long", "empty"],
)
async def test_who_proves_nothing_hears_nothing(at: str, line: bytes) -> None:
    assert await all_of(await come(at, line)) == b""


async def test_who_speaks_no_tls_hears_no_word_of_it(at: str) -> None:
    host, _, port = at.rpartition(":")
    stream = await asyncio.open_connection(host, int(port))
    stream[1].write(b"GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"HTTP" not in await all_of(stream)


async def test_silence_is_ended(at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROOF", 0.05)
    host, _, port = at.rpartition(":")
    assert await all_of(await asyncio.open_connection(host, int(port))) == b""
    monkeypatch.setattr(module, "PROOF", 5.0)


async def test_half_done_handshakes_give_way_to_those_that_come(
    at: str, echo: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROOF", 1e6)
    monkeypatch.setattr(module, "MOST_UNPROVEN", 3)
    host, _, port = at.rpartition(":")
    waiting = [await asyncio.open_connection(host, int(port)) for _ in range(10)]
    reader, writer = await come(at, question(echo.port, KEY))
    assert await reader.readline() == b"ok\n"
    for stream in waiting[:7]:
        assert await all_of(stream) == b""
    for _, one in waiting[7:]:
        await leave(one)
    await leave(writer)


async def test_the_certificate_is_asked_for_until_it_is_given(
    echo: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN", 0.01)
    port = free_port()
    async with answering() as server:
        loop = asyncio.get_running_loop()
        work = loop.create_task(serve_door("127.0.0.1", port, server.asking, lambda: KEY))
        await until(lambda: len(server.asked) > 1)
        given = DoorGiven(certificate=certificate(KEY))
        server.answers[DOOR_PATH] = json.loads(msgspec.json.encode(given))
        await until(lambda: _is_open(port))
        reader, writer = await come(f"127.0.0.1:{port}", question(echo.port, KEY))
        assert await reader.readline() == b"ok\n"
        await leave(writer)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


def _is_open(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


async def test_without_an_address_there_is_no_door() -> None:
    async with answering() as server:
        await serve_door("", 1, server.asking, lambda: KEY)
        assert not server.asked
