"""The registry as the builder sees it: one layer that may have to be handed over, and a port.

podman speaks to TCP ports only, and the facade's way into an instance is a socket.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from hashlib import sha256
from typing import Final

PORT: Final = 5000
PIECE: Final = 1 << 18
_PATIENCE: Final = 60.0
_FULL: Final = 507


class RegistryFailed(Exception):
    """It did not take, or did not answer; the text is for people."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.full = status == _FULL
        """It has no room for more."""


class Registry:
    """Speaks as whoever has the token."""

    def __init__(self, path: str, token: str) -> None:
        self._path = path
        self._token = token

    async def has(self, name: str, digest: str) -> bool:
        """Tell whether a name has a blob."""
        status, _fields = await self._ask("HEAD", f"/v2/{name}/blobs/{digest}")
        return status == 200

    async def take(self, name: str, digest: str, size: int) -> bytes:
        """Return a small blob, checked. Raises RegistryFailed."""
        target = f"/v2/{name}/blobs/{digest}"
        status, _fields, body = await self._exchange("GET", target, most=size)
        if status != 200 or f"sha256:{sha256(body).hexdigest()}" != digest:
            raise RegistryFailed(f"{name} cannot be had ({status})")
        return body

    async def give(self, name: str, digest: str, size: int, pieces: AsyncIterator[bytes]) -> None:
        """Hand a blob over. Raises RegistryFailed."""
        status, fields = await self._ask("POST", f"/v2/{name}/blobs/uploads/")
        place = fields.get("location", "")
        if status != 202 or not place:
            raise RegistryFailed(f"the registry does not take a layer ({status})", status)
        place = "/" + place.split("://", 1)[-1].partition("/")[2] if "://" in place else place
        joined = "&" if "?" in place else "?"
        status, _fields = await self._ask("PUT", f"{place}{joined}digest={digest}", size, pieces)
        if status != 201:
            raise RegistryFailed(f"the registry did not take the base layer ({status})", status)

    async def _ask(
        self, method: str, target: str, size: int = 0, pieces: AsyncIterator[bytes] | None = None
    ) -> tuple[int, dict[str, str]]:
        status, fields, _body = await self._exchange(method, target, size, pieces)
        return status, fields

    async def _exchange(
        self,
        method: str,
        target: str,
        size: int = 0,
        pieces: AsyncIterator[bytes] | None = None,
        most: int = 0,
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, fields and the first `most` bytes of the answer's body."""
        try:
            reader, writer = await asyncio.open_unix_connection(self._path)
            try:
                head = (
                    f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nConnection: close\r\n"
                    f"Authorization: Bearer {self._token}\r\nContent-Length: {size}\r\n\r\n"
                )
                writer.write(head.encode())
                if pieces is not None:
                    async for piece in pieces:
                        writer.write(piece)
                        await writer.drain()
                await writer.drain()
                async with asyncio.timeout(_PATIENCE):
                    status, fields = _read_head(await reader.readuntil(b"\r\n\r\n"))
                    length = min(most, int(fields.get("content-length", "0")))
                    return status, fields, await reader.readexactly(length)
            finally:
                writer.close()
        except (
            OSError,
            TimeoutError,
            ValueError,
            IndexError,
            asyncio.IncompleteReadError,
        ) as error:
            raise RegistryFailed(
                f"the registry does not answer ({type(error).__name__})"
            ) from error


def _read_head(head: bytes) -> tuple[int, dict[str, str]]:
    lines = head.decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in lines[1:] if ":" in line)
    return int(lines[0].split(" ")[1]), {
        name.strip().lower(): text.strip() for name, _colon, text in fields
    }


@asynccontextmanager
async def relay(path: str, port: int) -> AsyncIterator[int]:
    """Take connections on a port of loopback, given to the block, and bring them to the socket.

    They end with the block, also one that has just come: asyncio's own server would still be
    making a task of it.
    """
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()
    with ExitStack() as taken, socket.create_server(("127.0.0.1", port)) as listening:
        listening.setblocking(False)

        def take() -> None:
            with suppress(OSError):
                connection = taken.enter_context(listening.accept()[0])
                tasks.add(loop.create_task(_serve(connection, path), name="registry"))

        loop.add_reader(listening, take)
        try:
            yield listening.getsockname()[1]
        finally:
            loop.remove_reader(listening)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _serve(connection: socket.socket, path: str) -> None:
    reader, writer = await asyncio.open_connection(sock=connection)
    try:
        inner = await asyncio.open_unix_connection(path)
    except OSError:
        writer.close()
        return
    try:
        async with asyncio.TaskGroup() as group:
            upward = group.create_task(_pump(reader, inner[1]), name="registry-upward")
            await _pump(inner[0], writer)
            upward.cancel()
    finally:
        inner[1].close()
        writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(PIECE):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
