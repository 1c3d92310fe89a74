"""Real requests to a site over a real socket: files, parts, refusals, and nothing on the way."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import brotli
import pytest
from aiohttp import web

from blobserve.store.images import Images
from blobserve.web import Site
from kit.unixsocket import bind_unix
from tests.blobserve.images import FILES, SCRIPT, make_image

ROOT = "/blobserve/vscode:1/__files__"


@pytest.fixture
async def path(tmp_path: Path) -> AsyncIterator[str]:
    """The socket of a site with one image."""
    make_image(tmp_path / "assets")
    make_image(tmp_path / "assets", "b2", "other:1")
    site = Site(Images(tmp_path / "assets"), frozenset({"vscode"}))
    runner = web.ServerRunner(web.Server(site.handle, access_log=None))
    await runner.setup()
    await web.SockSite(runner, bind_unix(str(tmp_path / "sock"), 0o600)).start()
    yield str(tmp_path / "sock")
    await runner.cleanup()


@pytest.fixture
async def session(path: str) -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.UnixConnector(path)
    async with aiohttp.ClientSession(
        "http://x", connector=connector, auto_decompress=False
    ) as made:
        yield made


@pytest.mark.parametrize("name", sorted(FILES))
async def test_every_file_arrives_whole(session: aiohttp.ClientSession, name: str) -> None:
    headers = {"Accept-Encoding": "identity"}
    async with session.get(f"{ROOT}/{name}", headers=headers) as reply:
        assert await reply.read() == FILES[name]
        assert reply.headers["Content-Length"] == str(len(FILES[name]))


async def test_compressed_on_the_way_and_the_same_after_it(session: aiohttp.ClientSession) -> None:
    async with session.get(f"{ROOT}/out/a.js", headers={"Accept-Encoding": "br"}) as reply:
        body = await reply.read()
        assert reply.headers["Content-Encoding"] == "br"
        assert len(body) < len(SCRIPT) / 10
        assert brotli.decompress(body) == SCRIPT


async def test_many_at_once_do_not_mix(session: aiohttp.ClientSession) -> None:
    async def fetch(name: str) -> bool:
        async with session.get(f"{ROOT}/{name}", headers={"Accept-Encoding": ""}) as reply:
            return await reply.read() == FILES[name]

    assert all(await asyncio.gather(*(fetch(name) for name in list(FILES) * 20)))


async def test_head_part_and_condition(session: aiohttp.ClientSession) -> None:
    async with session.head(f"{ROOT}/out/a.js") as reply:
        assert reply.status == 200
        assert await reply.read() == b""
        tag = reply.headers["ETag"]
    headers = {"Range": "bytes=7-11", "Accept-Encoding": "identity"}
    async with session.get(f"{ROOT}/out/a.js", headers=headers) as reply:
        assert reply.status == 206
        assert await reply.read() == SCRIPT[7:12]
    async with session.get(f"{ROOT}/out/a.js", headers={"If-None-Match": tag}) as reply:
        assert reply.status in {200, 304}


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("POST", f"{ROOT}/out/a.js", 405),
        ("OPTIONS", f"{ROOT}/out/a.js", 405),
        ("GET", f"{ROOT}/out/b.js", 404),
        ("GET", f"{ROOT}/out", 404),
        ("GET", "/blobserve/vscode:2/__files__/out/a.js", 404),
        ("GET", "/blobserve/other:1/__files__/out/a.js", 403),
        ("GET", "/", 404),
        ("HEAD", f"{ROOT}/out/b.js", 404),
    ],
)
async def test_refusals(
    session: aiohttp.ClientSession, method: str, target: str, status: int
) -> None:
    async with session.request(method, target) as reply:
        assert reply.status == status
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert len(await reply.read()) < 100


@pytest.mark.parametrize(
    "target", ["../../../../etc/passwd", "..%2f..%2fetc/passwd", "%2e%2e/%2e%2e/etc/passwd"]
)
async def test_no_spelling_of_a_path_leaves_the_image(path: str, target: str) -> None:
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(f"GET {ROOT}/{target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 404")
    writer.close()
