import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from supervisor.imagebuild.registry import Registry, RegistryFailed, relay


async def pieces() -> AsyncIterator[bytes]:
    yield b"layer"
    yield b"tail"


class Facade:
    """Answers like a registry, and keeps what it was sent."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        self.heads.append(head)
        self.bodies.append(await reader.readexactly(length))
        answer = self.answers.pop(0)
        end = b"" if b"\r\n\r\n" in answer else b"\r\n\r\n"
        writer.write(b"HTTP/1.1 " + answer + end)
        writer.close()


async def test_a_layer_is_asked_for_and_handed_over(tmp_path: Path):
    path = str(tmp_path / "s")
    facade = Facade(b"404 X", b"202 X\r\nLocation: /v2/n/blobs/uploads/1?a=b", b"201 X", b"200 X")
    async with await asyncio.start_unix_server(facade.serve, path):
        registry = Registry(path, "the-token")
        assert not await registry.has("n", "sha256:1")
        await registry.give("n", "sha256:1", 9, pieces())
        assert await registry.has("n", "sha256:1")
    assert facade.bodies[2] == b"layertail"
    assert facade.heads[2].startswith(b"PUT /v2/n/blobs/uploads/1?a=b&digest=sha256:1 ")
    assert all(b"Bearer the-token" in head for head in facade.heads)


@pytest.mark.parametrize(
    "answers", [[b"403 X"], [b"202 X\r\nLocation: /u", b"400 X"], [b"garbage"]]
)
async def test_what_is_not_taken_is_told(tmp_path: Path, answers: list[bytes]):
    path = str(tmp_path / "s")
    async with await asyncio.start_unix_server(Facade(*answers).serve, path):
        with pytest.raises(RegistryFailed):
            await Registry(path, "t").give("n", "sha256:1", 9, pieces())
    with pytest.raises(RegistryFailed):
        await Registry(str(tmp_path / "missing"), "t").has("n", "sha256:1")


async def test_a_small_blob_is_taken_and_checked(tmp_path: Path):
    path, digest = str(tmp_path / "s"), f"sha256:{sha256(b'files').hexdigest()}"
    good = b"200 X\r\nContent-Length: 5\r\n\r\nfiles"
    facade = Facade(good, good.replace(b"files", b"other"), b"404 X")
    async with await asyncio.start_unix_server(facade.serve, path):
        registry = Registry(path, "t")
        assert await registry.take("n", digest, 5) == b"files"
        for _ in range(2):
            with pytest.raises(RegistryFailed, match="cannot be had"):
                await registry.take("n", digest, 5)


async def test_a_store_without_room_is_told_apart(tmp_path: Path):
    path = str(tmp_path / "s")
    facade = Facade(b"202 X\r\nLocation: /u", b"507 X")
    async with await asyncio.start_unix_server(facade.serve, path):
        with pytest.raises(RegistryFailed) as refused:
            await Registry(path, "t").give("n", "sha256:1", 9, pieces())
    assert refused.value.full


async def test_a_port_leads_to_the_socket(tmp_path: Path):
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(4))
        writer.close()

    path = str(tmp_path / "s")
    async with await asyncio.start_unix_server(echo, path), relay(path, 0) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"ping")
        assert await reader.read() == b"ping"
        writer.close()
