"""What a connection costs the proxy at most, whatever its two ends do or leave undone.

The process is a real one and is read from outside. The bounds are sums of what may wait: a
read (256 KB), the write buffer towards a client (256 KB and a read), the one towards an
upstream (64 KB and a read). The figures of docs/proxy.md come from here.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.proxy.test_alone import alone
from tests.proxy.world import WORKSPACE
from tests.waiting import until

MANY = 40


class Sink:
    """An upstream that sends without end to `/stream`, and to others says and reads nothing."""

    def __init__(self) -> None:
        self.moved = 0
        self.asked = 0
        self._tasks: set[asyncio.Task[None] | None] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        try:
            await self._serve(reader, writer)
        finally:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        if b" /stream " not in head:
            writer.transport.pause_reading()  # type: ignore[attr-defined] # a socket's has it
            await asyncio.get_running_loop().create_future()
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"y" * 65536)
            await writer.drain()
            self.moved += 65536

    async def close(self) -> None:
        for task in self._tasks:
            if task is not None:
                task.cancel()
        await asyncio.gather(*(one for one in self._tasks if one), return_exceptions=True)


class Crowd:
    """Many clients of one proxy, and what that takes."""

    def __init__(self, pid: int, port: int, place: str, sink: Sink) -> None:
        self.sink = sink
        self.sent = 0
        self.pid = pid
        self._port, self._place = port, place
        self._clients: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def come(self, data: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Another client, which says this and reads nothing."""
        made = await asyncio.open_connection("127.0.0.1", self._port, limit=4096)
        self._clients.append(made)
        made[1].write(data.replace(b"$HOST", self._place.encode()))
        return made

    async def kilobytes_each(self, moved: Callable[[], int]) -> float:
        """Memory of the process for each client, once nothing moves any more."""
        before = [-1]

        async def still() -> bool:
            before.append(moved())
            return before[-1] == before[-2]

        await until(still, timeout=60, pause=0.3)
        return resident(self.pid) / len(self._clients)

    async def leave(self) -> None:
        for _, writer in self._clients:
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()
        self._clients.clear()


def resident(pid: int) -> int:
    """Kilobytes of a process that are its own."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty:"))


@asynccontextmanager
async def crowd(folder: Path) -> AsyncIterator[Crowd]:
    sink = Sink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    ports = {"3000": {"visibility": "public"}}
    async with alone(folder / "r.json", target=f"127.0.0.1:{port}", ports=ports) as proxy:
        place = f"3000-{WORKSPACE}.ws.localhost:{proxy.port}"
        people = Crowd(proxy.process.pid, proxy.port, place, sink)
        yield people
        await people.leave()
    server.close()
    await sink.close()


GET = b"GET /stream HTTP/1.1\r\nHost: $HOST\r\n\r\n"
NEVER = b"GET /never HTTP/1.1\r\nHost: $HOST\r\n\r\n"
UPLOAD = b"POST /never HTTP/1.1\r\nHost: $HOST\r\nContent-Length: 999999999\r\n\r\n"
SITUATIONS = {
    "a download that nobody reads": (GET, 900),
    "an upload that nobody takes": (UPLOAD + b"x" * 4_000_000, 900),
    "requests pipelined behind one that is not answered": (NEVER + NEVER * 20_000, 500),
    "half a head": (b"GET / HTTP/1.1\r\nHost: $HOST\r\nX: " + b"x" * 30_000, 100),
}


@pytest.mark.parametrize("situation", SITUATIONS)
async def test_it_is_bounded(tmp_path: Path, situation: str) -> None:
    said, bound = SITUATIONS[situation]
    async with crowd(tmp_path) as people:
        await people.come(b"GET /never HTTP/1.1\r\nHost: nowhere\r\n\r\n")
        await people.leave()
        empty = resident(people.pid)
        writers = [(await people.come(said))[1] for _ in range(MANY)]

        def moved() -> int:
            left = sum(one.transport.get_write_buffer_size() for one in writers)
            return people.sink.moved + people.sink.asked - left

        each = await people.kilobytes_each(moved) - empty / MANY
        print(f"{situation}: {each:.0f} KB")
        assert each < bound
