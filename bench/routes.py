"""The proxy with a hundred thousand routes: a new one's way into service, and what all cost.

The feed is the server's own (app.runtime.publish), told over a plain WebSocket; the proxy is
the real process. Its loop is watched from outside by a third process that asks for its health.
"""

import asyncio
import json
import os
import shutil
import socket
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
from websockets.asyncio.server import Server, ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed

from app.runtime.publish import RouteFeed
from bench.record import ROOT, store
from proxy.core.table import Table
from proxy.net.keeping import load
from wire.layout import Layout
from wire.phases import Phase
from wire.routes import PortRoute, Route, split

ROUTES = 100_000
NEW = 200
"""Routes that come one after the other."""
RATE = 200
"""Changes a second under churn, which is forty starts a second."""
CHURN = 6.0
"""Seconds."""
STARTS = 3


def make_route(number: int, version: int = 1) -> Route:
    """Return a route as the server makes them, of a stopped workspace with one public port."""
    workspace = f"amber-otter-{number:010}"
    return Route(
        workspace=workspace,
        version=version,
        instance=f"{workspace}.1",
        phase=Phase.STOPPED,
        target=None,
        owner=f"u_{number % 5000:016}",
        key=b64encode(number.to_bytes(32)).decode(),
        ports={3000: PortRoute(visibility="public")},
    )


class Bench:
    """A feed, and proxies that follow it."""

    def __init__(self, folder: Path) -> None:
        self.layout = Layout(
            PurePosixPath(folder / "home"), PurePosixPath("/nowhere"), PurePosixPath(folder / "run")
        )
        layout = self.layout
        for one in (layout.proxy_home, layout.proxy_run, layout.server_run, layout.agent_run):
            Path(one).mkdir(parents=True, exist_ok=True)
        self.feed = RouteFeed("e0")
        self.connected_at = 0.0
        self._server: Server | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    async def serve(self, routes: int, epoch: str) -> None:
        """Begin a life of the feed with so many routes."""
        await self.end_feed()
        self.feed = RouteFeed(epoch)
        self.feed.load(make_route(number) for number in range(routes))
        path = str(self.layout.internal_socket)
        Path(path).unlink(missing_ok=True)
        self._server = await unix_serve(self._follow, path, compression=None)

    async def end_feed(self) -> None:
        """Let the server be away."""
        self.feed.close()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _follow(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        since = connection.request.path.partition("since=")[2]
        self.connected_at = time.monotonic()
        with suppress(ConnectionClosed):
            async for message in self.feed.follow(since):
                await connection.send(msgspec.json.encode(message).decode())

    @asynccontextmanager
    async def proxy(self) -> AsyncIterator[int]:
        """Run a proxy; gives its pid when it serves."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PODIUM_HOME": str(self.layout.home),
            "PODIUM_RUN_ROOT": str(self.layout.run_root),
            "PODIUM_PORT": str(self.port),
            "PODIUM_BASE_URL": f"http://podium.localhost:{self.port}",
            "PODIUM_PROXY_WORKERS": "0",
        }
        with Path(self.layout.home, "proxy.log").open("ab") as log:  # noqa: ASYNC230 - a child's
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "proxy", env=environment, stderr=log
            )
        try:
            while not await self._answers():  # noqa: ASYNC110 - it has no other way to say so
                await asyncio.sleep(0.005)
            yield process.pid
        finally:
            process.terminate()
            await process.wait()

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return reader is not None

    @asynccontextmanager
    async def asker(self) -> AsyncIterator["Asker"]:
        """Keep a connection to ask on."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Asker(reader, writer, self.port)
        finally:
            writer.close()

    async def pings(self, seconds: float) -> "asyncio.subprocess.Process":
        """Begin to watch the loop."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.ping",
            str(self.port),
            str(seconds),
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdout is not None
        await process.stdout.readline()
        return process


class Asker:
    """Asks for public ports; a known workspace is stopped (503), an unknown one private (401)."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int
    ) -> None:
        self._reader, self._writer, self._port = reader, writer, port

    async def knows(self, number: int) -> bool:
        """Tell whether the proxy serves this route."""
        host = f"3000-amber-otter-{number:010}.ws.localhost:{self._port}"
        self._writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await self._reader.readexactly(length)
        return head.startswith(b"HTTP/1.1 503")

    async def until_known(self, number: int) -> None:
        """Ask until it does."""
        while not await self.knows(number):
            pass


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Rss:"))


async def _times(process: "asyncio.subprocess.Process") -> list[float]:
    said, _ = await process.communicate()
    return list(json.loads(said))


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


async def _measure(folder: Path) -> dict[str, list[float]]:
    bench, found = Bench(folder), {name: list[float]() for name in NAMES}
    await bench.serve(0, "empty")
    async with bench.proxy() as pid:
        await asyncio.sleep(0.5)
        empty = _resident(pid)
    for life in range(STARTS):
        await bench.serve(ROUTES, f"first{life}")
        async with bench.proxy() as pid, bench.asker() as asker:
            await asker.until_known(ROUTES - 1)
            found["memory"].append((_resident(pid) - empty) / ROUTES)
            await _another_life(bench, asker, found, f"second{life}")
            await _new_routes(bench, asker, found, ROUTES + life * NEW)
            await _churn(bench, found)
            await asyncio.sleep(1.5)  # the last changes are on disk
        await bench.end_feed()
        began = time.monotonic()
        table = Table()
        assert load(Path(bench.layout.proxy_home, "routes.jsonl"), table)
        found["load"].append(time.monotonic() - began)
        assert len(table.routes) >= ROUTES
    _server_side(found)
    return found


async def _another_life(
    bench: Bench, asker: Asker, found: dict[str, list[float]], epoch: str
) -> None:
    """The server starts anew: the whole table comes while requests are served."""
    ping = await bench.pings(8.0)
    await bench.serve(ROUTES + 1, epoch)
    await asker.until_known(ROUTES)
    found["snapshot"].append(time.monotonic() - bench.connected_at)
    times = await _times(ping)
    found["stall"].append(max(times))


async def _new_routes(
    bench: Bench, asker: Asker, found: dict[str, list[float]], first: int
) -> None:
    for number in range(first + 1, first + 1 + NEW):
        assert not await asker.knows(number)
        began = time.monotonic()
        bench.feed.put(make_route(number))
        await asker.until_known(number)
        found["new"].append((time.monotonic() - began) * 1000)


async def _churn(bench: Bench, found: dict[str, list[float]]) -> None:
    """Many routes change, and the file grows, while requests are served."""
    ping = await bench.pings(CHURN)
    began = time.monotonic()
    for count in range(int(RATE * (CHURN - 1))):
        bench.feed.put(make_route(count * 37 % ROUTES, 2 + count))
        await asyncio.sleep(max(0.0, began + count / RATE - time.monotonic()))
    times = await _times(ping)
    found["p99"].append(_p99(times))


def _server_side(found: dict[str, list[float]]) -> None:
    feed = RouteFeed("server")
    feed.load(make_route(number) for number in range(ROUTES))
    for number in range(NEW):
        began = time.monotonic()
        feed.put(make_route(number, 2))
        found["put"].append((time.monotonic() - began) * 1000)
    parts, began = split(feed.snapshot()), time.monotonic()
    for part in parts:
        msgspec.json.encode(part)
        found["part"].append((time.monotonic() - began) * 1000)
        began = time.monotonic()


NAMES: dict[str, tuple[str, str, float | None]] = {
    "new": ("a new route: from the feed's event to the first request served", "ms", 5.0),
    "p99": (f"p99 of requests while {RATE} routes a second change", "ms", 5.0),
    "stall": ("longest wait of a request while the whole table comes anew", "ms", 50.0),
    "snapshot": ("the whole table: from the proxy's connection to its last route served", "s", 5.0),
    "memory": ("memory of a route in the proxy", "bytes", 1500.0),
    "load": ("the table read from disk", "s", 2.0),
    "put": ("server: a change told to the feed", "ms", 1.0),
    "part": ("server: longest piece of work for the whole table", "ms", 10.0),
}


def run() -> None:
    """Measure and store."""
    folder = Path(tempfile.mkdtemp(prefix="podium-bench-"))
    try:
        found = asyncio.run(_measure(folder))
    finally:
        shutil.rmtree(folder)
    rows: list[dict[str, Any]] = []
    for name, (what, unit, goal) in NAMES.items():
        rounds = [max(found[name])] if name == "part" else found[name]
        rows.append({"what": what, "unit": unit, "goal": goal, "rounds": rounds, "cause": ""})
    shape = (
        f"{ROUTES:,} routes of stopped workspaces with one public port each, one worker, access "
        "log on, the table written to disk as it changes. Asked over one kept connection."
    )
    machine = (
        "The feed is the server's own over a plain WebSocket. Feed, proxy and watcher share the "
        "machine's cores, so that what one of them does makes the others wait."
    )
    aside = ["The machine had other work, over which these had priority."] if os.nice(0) < 0 else []
    store("routes", "A hundred thousand routes", rows, [shape, machine, *aside])
