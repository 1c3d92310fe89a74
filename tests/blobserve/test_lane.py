"""Connections as clients have them: many files, odd requests, slow readers, ends."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from blobserve.lane import Lanes
from blobserve.lines import Lines
from blobserve.store.images import Images
from blobserve.web import Site
from cli.setup import layout
from kit.unixsocket import bind_unix
from tests.waiting import until

LARGE = bytes(range(256)) * 20_000
FILES = {"a.js": b"const a = 1;\n" * 10, "large.bin": LARGE, "large.js": LARGE}
ROOT = "/blobserve/vscode:1/__files__"


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    (tmp_path / "assets/b1").mkdir(parents=True)
    layout.write(tmp_path / "assets/b1", "vscode:1", [sorted(FILES.items())])
    return tmp_path / "assets"


@pytest.fixture
async def lanes(tmp_path: Path, assets: Path) -> AsyncIterator[Lanes]:
    site = Site(Images(assets), frozenset({"vscode"}))
    library = web.Server(site.handle, access_log=None)
    made = Lanes(site, library, Lines(None))
    listener = bind_unix(str(tmp_path / "sock"), 0o600)
    server = await asyncio.get_running_loop().create_unix_server(made.make, sock=listener)
    yield made
    server.close()
    await made.close()
    await library.shutdown(0.1)


class Client:
    """One connection, on which bytes are said."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def say(self, path: str, *more: str, method: str = "GET") -> None:
        lines = [f"{method} {path} HTTP/1.1", "Host: x", *more, "", ""]
        self.writer.write("\r\n".join(lines).encode())

    async def hear(self, *, body: bool = True) -> tuple[int, dict[str, str], bytes]:
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines if line)
        size = int(headers.get("Content-Length", "0")) if body else 0
        return int(first.split()[1]), headers, await self.reader.readexactly(size)


@pytest.fixture
async def client(lanes: Lanes, tmp_path: Path) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_unix_connection(str(tmp_path / "sock"), limit=1 << 20)
    yield Client(reader, writer)
    writer.close()


async def test_many_files_on_one_connection(client: Client) -> None:
    for _ in range(3):
        for name, content in FILES.items():
            client.say(f"{ROOT}/{name}")
            status, headers, body = await client.hear()
            assert (status, body) == (200, content)
            assert headers["Accept-Ranges"] == "bytes"


async def test_requests_that_come_at_once_are_answered_in_order(client: Client) -> None:
    names = ["a.js", "large.bin", "a.js", "large.js", "a.js"] * 4
    for name in names:
        client.say(f"{ROOT}/{name}")
    for name in names:
        assert (await client.hear())[2] == FILES[name]


async def test_requests_that_come_in_pieces(client: Client) -> None:
    said = f"GET {ROOT}/a.js HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 2
    for at in range(len(said)):
        client.writer.write(said[at : at + 1])
        await client.writer.drain()
    for _ in range(2):
        assert (await client.hear())[2] == FILES["a.js"]


async def test_head_part_and_condition(client: Client) -> None:
    client.say(f"{ROOT}/large.bin", method="HEAD")
    _, headers, body = await client.hear(body=False)
    assert (headers["Content-Length"], body) == (str(len(LARGE)), b"")
    client.say(f"{ROOT}/large.bin", "Range: bytes=10-99999")
    status, _, body = await client.hear()
    assert (status, body) == (206, LARGE[10:100_000])
    client.say(f"{ROOT}/large.bin", f"If-None-Match: {headers['ETag']}")
    assert (await client.hear())[0] == 304
    client.say(f"{ROOT}/none.js")
    assert (await client.hear())[0] == 404


async def test_what_is_odd_goes_to_the_library_with_all_that_follows(client: Client) -> None:
    client.say(f"{ROOT}/a.js")
    assert (await client.hear())[0] == 200
    client.say("/healthz")
    client.say(f"{ROOT}/large.bin")
    assert (await client.hear())[2] == b"ok\n"
    assert (await client.hear())[2] == LARGE
    client.say(f"{ROOT}/a.js", "Content-Length: 0", method="POST")
    assert (await client.hear())[0] == 405


async def test_what_is_no_http_is_answered_and_ended(client: Client, lanes: Lanes) -> None:
    client.writer.write(b"\x16\x03\x01nonsense\r\n\r\n")
    assert b"400" in await client.reader.readline()
    await until(lambda: not lanes.open)


async def test_a_reader_that_takes_its_time_holds_nobody_up(
    lanes: Lanes, client: Client, tmp_path: Path
) -> None:
    slow = socket.socket(socket.AF_UNIX)
    slow.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(slow, str(tmp_path / "sock"))
    said = f"GET {ROOT}/large.bin HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    await loop.sock_sendall(slow, said * 2)
    await until(lambda: any(one._sending for one in lanes.open))
    client.say(f"{ROOT}/large.js")
    assert (await client.hear())[2] == LARGE
    got = b""
    while got.count(LARGE) < 2:
        got += await loop.sock_recv(slow, 1 << 20)
    slow.close()
    await until(lambda: len(lanes.open) == 1)


async def test_who_asks_and_takes_nothing_is_not_asked_for_more(
    lanes: Lanes, tmp_path: Path
) -> None:
    greedy = socket.socket(socket.AF_UNIX)
    greedy.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(greedy, str(tmp_path / "sock"))
    said = f"GET {ROOT}/a.js HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    sent = 0

    def stuck() -> bool:
        nonlocal sent
        try:
            sent += greedy.send(said)
        except BlockingIOError:
            return True
        return False

    await until(stuck, pause=0)
    (lane,) = lanes.open
    assert lane._full
    assert lane._transport.get_write_buffer_size() < 1 << 20
    heard = bytearray()
    while heard.count(FILES["a.js"]) < sent // len(said):
        heard += await loop.sock_recv(greedy, 1 << 20)
    greedy.close()


async def test_who_goes_in_the_middle_leaves_nothing(lanes: Lanes, tmp_path: Path) -> None:
    _, writer = await asyncio.open_unix_connection(str(tmp_path / "sock"))
    writer.write(f"GET {ROOT}/large.bin HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    await until(lambda: any(one._sending for one in lanes.open))
    writer.transport.abort()
    await until(lambda: not lanes.open)


async def test_a_file_that_has_gone_ends_the_connection(
    client: Client, assets: Path, lanes: Lanes
) -> None:
    client.say(f"{ROOT}/large.bin")
    await client.hear()
    for one in (assets / "b1/blobs/sha256").iterdir():
        one.unlink()
    client.say(f"{ROOT}/large.bin")
    assert await client.reader.read() == b""
    await until(lambda: not lanes.open)


async def test_connections_that_say_nothing_are_ended(client: Client, lanes: Lanes) -> None:
    await until(lambda: lanes.open)
    for one in lanes.open:
        one.moved -= 1000
    lanes._sweep()
    assert await client.reader.read() == b""
