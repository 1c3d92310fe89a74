"""Several real server processes on one real PostgreSQL and one real Redis, each on a fake node.

A balancer stands before them as a cluster's Service does: each connection goes to the next one
that takes it.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

from httpx import AsyncClient, AsyncHTTPTransport, Client, HTTPTransport, TransportError
from websockets.asyncio.client import ClientConnection, unix_connect

from kit.tasks import Tasks
from tests import postgres, redis
from tests.waiting import accepts, until
from wire.layout import Layout

DASHBOARD = "http://podium.localhost:8080"
ROOT = Path(__file__).resolve().parents[2]
_NUMBERS = count()


@dataclass
class Replica:
    """One process; `begin` it again and it is another one in the same place."""

    name: str
    folder: Path
    environ: dict[str, str]
    running: subprocess.Popen[bytes] | None = None

    @property
    def layout(self) -> Layout:
        return Layout(
            PurePosixPath(self.environ["PODIUM_HOME"]),
            PurePosixPath(self.environ["PODIUM_CACHE"]),
            run_root=PurePosixPath(self.environ["PODIUM_RUN_ROOT"]),
        )

    def begin(self) -> None:
        command = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "app", "--fake"]
        with (self.folder / f"{self.name}.log").open("a") as log:
            self.running = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=ROOT, env=self.environ
            )

    def send(self, number: signal.Signals) -> None:
        assert self.running is not None
        self.running.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        """End it; returns its exit code."""
        assert self.running is not None
        self.running.send_signal(number)
        code, self.running = self.running.wait(60), None
        return code

    def client(self) -> AsyncClient:
        """Return what speaks to it as the proxy does."""
        transport = AsyncHTTPTransport(uds=str(self.layout.public_socket))
        return AsyncClient(transport=transport, base_url=DASHBOARD, timeout=60)

    def health(self) -> dict[str, Any]:
        """Return how it is; empty while it is not."""
        path = str(self.layout.internal_socket)
        if not accepts(path):
            return {}
        transport = HTTPTransport(uds=path)
        try:
            with Client(transport=transport, base_url=DASHBOARD, timeout=60) as client:
                found: dict[str, Any] = client.get("/internal/health").json()
                return found
        except TransportError:
            return {}

    def leads(self) -> bool:
        return bool(self.health().get("leads"))


@dataclass
class Fleet:
    """All of them."""

    replicas: list[Replica]
    redis: redis.Server
    token: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    async def leader(self) -> Replica:
        found = await until(
            lambda: next((one for one in self.replicas if one.running and one.leads()), None)
        )
        assert isinstance(found, Replica)
        return found

    async def other(self) -> Replica:
        leader = await self.leader()
        return next(one for one in self.replicas if one is not leader)

    async def create(self, at: Replica) -> str:
        async with at.client() as client:
            made = await client.post(
                "/api/v1/workspaces", json={"url": "https://h.org/ada/demo"}, headers=self.bearer
            )
            assert made.status_code == 201, made.text
            return str(made.json()["id"])

    async def see(self, at: Replica, workspace: str) -> dict[str, Any]:
        async with at.client() as client:
            seen = await client.get(f"/api/v1/workspaces/{workspace}", headers=self.bearer)
            assert seen.status_code == 200, seen.text
            found: dict[str, Any] = seen.json()
            return found

    async def at_phase(self, at: Replica, workspace: str, phase: str) -> None:
        async def there() -> bool:
            return bool((await self.see(at, workspace))["phase"] == phase)

        await until(there)

    @asynccontextmanager
    async def dashboard(self, path: str) -> AsyncIterator[ClientConnection]:
        """Look at the list, as a page does, through a socket of public listeners."""
        async with unix_connect(
            path, "ws://podium.localhost:8080/live?view=list", additional_headers=self.bearer
        ) as socket:
            yield socket


@contextmanager
def fleet(server: Path, redis_server: redis.Server, folder: Path, size: int = 2) -> Iterator[Fleet]:
    """Yield so many that run, on an empty database."""
    name = f"fleet_{next(_NUMBERS)}"
    postgres.execute(server, f"CREATE DATABASE {name}")
    home = folder / "home"
    home.mkdir()
    environ = {
        **os.environ,
        "PODIUM_HOME": str(home),
        "PODIUM_CACHE": str(folder / "cache"),
        "PODIUM_DATABASE": postgres.url(server, name),
        "PODIUM_REDIS": redis_server.url,
        "PODIUM_LOG_LEVEL": "info",
    }
    replicas = [
        Replica(one, folder, {**environ, "PODIUM_RUN_ROOT": str(folder / one)})
        for one in "abcdef"[:size]
    ]
    key = Path(replicas[0].layout.master_key)
    key.parent.mkdir(parents=True, exist_ok=True)
    key.write_bytes(b"m" * 32)
    try:
        for one in replicas:
            one.begin()
        for one in replicas:
            until(one.health, timeout=60)
        transport = HTTPTransport(uds=str(replicas[0].layout.internal_socket))
        with Client(transport=transport, base_url=DASHBOARD, timeout=60) as client:
            reply = client.post("/internal/tokens", json={"name": "tests"})
        yield Fleet(replicas, redis_server, reply.json()["token"])
    finally:
        for one in replicas:
            if one.running is not None:
                one.end()


class Balancer:
    """Joins each connection to the next place that takes it."""

    def __init__(self, path: Path, places: list[str]) -> None:
        self.path = str(path)
        self._places = places
        self._tasks = Tasks()
        self.served = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Balancer"]:
        server = await asyncio.start_unix_server(self._serve, self.path)
        try:
            yield self
        finally:
            server.close()
            await self._tasks.close()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for turn in range(len(self._places)):
            place = self._places[(self.served + turn) % len(self._places)]
            try:
                there, back = await asyncio.open_unix_connection(place)
            except OSError:
                continue
            self.served += turn + 1
            ways = [
                self._tasks.spawn(_carry(reader, back), "there"),
                self._tasks.spawn(_carry(there, writer), "back"),
            ]
            await asyncio.wait(ways)
            return
        writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with suppress(OSError):
        writer.close()
