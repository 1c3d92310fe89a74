"""People who use the proxy all the time, and note whatever they would have seen fail."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Self

import aiohttp
from websockets.exceptions import ConnectionClosed

from tests.proxy.net.whole import DASHBOARD, SELF_FETCH, Whole, echoed
from tests.proxy.world import OPEN_PORT, PORT
from tests.waiting import until

UPLOAD = b"u" * 300_000
BIG = 2_000_000


class Traffic:
    """Small requests on kept and on fresh connections, uploads, downloads, a slow answer, and
    WebSockets, each again and again until the block ends. While `spares` says so, only
    connections that were refused are noted."""

    def __init__(
        self,
        whole: Whole,
        *,
        spares: Callable[[], bool] = lambda: False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.whole = whole
        self._tls = tls
        self.failures: list[str] = []
        self.rounds: dict[str, int] = {}
        self.reconnections = 0
        self._spares = spares
        self._over = False
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        kinds: dict[str, Callable[[aiohttp.ClientSession], Awaitable[None]]] = {
            "kept": self._small,
            "dashboard": self._dashboard,
            "upload": self._upload,
            "download": self._download,
            "slow": self._slow,
        }
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._again(name, one)) for name, one in kinds.items()]
        self._tasks.append(loop.create_task(self._again("fresh", self._small, fresh=True)))
        self._tasks.append(loop.create_task(self._socket()))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over = True
        await asyncio.gather(*self._tasks)

    async def flows(self) -> None:
        """Return when everybody has been served twice more."""
        before = dict(self.rounds)

        def served() -> bool:
            return len(self.rounds) == 7 and all(
                count >= before.get(name, 0) + 2 for name, count in self.rounds.items()
            )

        await until(served, 60)

    async def _again(
        self,
        name: str,
        ask: Callable[[aiohttp.ClientSession], Awaitable[None]],
        *,
        fresh: bool = False,
    ) -> None:
        connector = aiohttp.TCPConnector(force_close=fresh, ssl=self._tls or True)
        async with aiohttp.ClientSession(connector=connector) as session:
            session._retry_connection = False  # which would hide what a browser may show
            while not self._over:
                try:
                    await ask(session)
                except (aiohttp.ClientError, OSError, AssertionError) as error:
                    self._failed(name, error)
                self.rounds[name] = self.rounds.get(name, 0) + 1

    def _failed(self, name: str, error: Exception) -> None:
        refused = isinstance(error, ConnectionRefusedError | aiohttp.ClientConnectorError)
        if refused or not self._spares():
            self.failures.append(f"{name}: {error!r}")

    def _url(self, path: str) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.whole.port}{path}"

    async def _small(self, session: aiohttp.ClientSession) -> None:
        headers = {"Host": PORT, **SELF_FETCH, **self.whole.ports()}
        async with session.get(self._url("/small"), headers=headers) as answer:
            assert answer.status == 200
            assert (await answer.json())["path"] == "/small"

    async def _dashboard(self, session: aiohttp.ClientSession) -> None:
        async with session.get(self._url("/"), headers={"Host": DASHBOARD}) as answer:
            assert answer.status == 200
            await answer.read()

    async def _upload(self, session: aiohttp.ClientSession) -> None:
        async def pieces():
            for at in range(0, len(UPLOAD), 30_000):
                yield UPLOAD[at : at + 30_000]

        headers = {"Host": OPEN_PORT}
        async with session.post(self._url("/post"), data=pieces(), headers=headers) as answer:
            assert answer.status == 200
            assert await answer.read() == UPLOAD

    async def _download(self, session: aiohttp.ClientSession) -> None:
        url = self._url(f"/big?n={BIG}")
        async with session.get(url, headers={"Host": OPEN_PORT}) as answer:
            assert answer.status == 200
            assert len(await answer.read()) == BIG

    async def _slow(self, session: aiohttp.ClientSession) -> None:
        url = self._url("/slow?n=10")
        async with session.get(url, headers={"Host": OPEN_PORT}) as answer:
            assert answer.status == 200
            assert await answer.read() == b"piece\n" * 10

    async def _socket(self) -> None:
        """Speak through a WebSocket; when it has ended, come again at once."""
        while not self._over:
            try:
                async with self.whole.socket(OPEN_PORT) as live:
                    self.reconnections += 1
                    with suppress(ConnectionClosed):
                        while not self._over:
                            assert await echoed(live, "hello")
                            self.rounds["socket"] = self.rounds.get("socket", 0) + 1
            except Exception as error:  # noqa: BLE001 -- whatever a person would have seen
                self._failed("socket", error)
