"""A whole proxy between stand-ins, and clients that speak to it."""

import asyncio
import io
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import aiohttp
from websockets.asyncio.client import ClientConnection, connect

from proxy.core.forwarded import Fronts
from proxy.net.ending import Ending
from proxy.net.runner import serve
from proxy.settings import Settings
from tests.proxy.net.standins import App, Internal, Node
from tests.proxy.world import HOSTS, IDE, PORT, WORKSPACE, make_grant, make_share, shares
from tests.waiting import until
from wire.layout import Layout
from wire.routes import ShareRoute
from wire.shares import share_cookie
from wire.tokens import cookie_names, port_cookie

INSTANCE = f"{WORKSPACE}.1"
DASHBOARD = "podium.localhost:8080"


@dataclass
class Whole:
    """Every part of one installation; start and stop them as the test likes."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="pp-")))
    lines: io.BytesIO = field(default_factory=io.BytesIO)
    port: int = 0

    def __post_init__(self) -> None:
        home = self.folder / "home"
        self.layout = Layout(
            PurePosixPath(home), PurePosixPath("/nowhere"), PurePosixPath(self.folder / "run")
        )
        layout = self.layout
        for one in (
            layout.proxy_home,
            layout.server_run,
            layout.daemon_run,
            layout.agent_run,
            layout.proxy_run,
        ):
            Path(one).mkdir(parents=True)
        self.settings = Settings(
            layout=self.layout,
            hosts=HOSTS,
            listen="127.0.0.1",
            port=0,
            fronts=Fronts(),
            tls_certificate=None,
            tls_key=None,
            redirect_port=0,
            workers=1,
            connections=0,
            visitors=256,
            address_requests=64,
            drain=4,
            log_level="info",
        )
        self.internal = Internal(str(self.layout.internal_socket))
        self.node = Node(str(self.layout.dial_socket))
        self.public: App | None = None
        self.code: App | None = None
        self._ending = Ending()
        self._serving: asyncio.Task | None = None
        self._session: aiohttp.ClientSession | None = None

    # --- parts ---

    async def start(self) -> "Whole":
        await self.internal.start()
        self.node.start()
        self.public = await App.on_unix(str(self.layout.public_socket))
        self.code, port = await App.on_tcp()
        for one in (3000, 4000, 22999, 23000):
            self.node.ports[INSTANCE, one] = port
        await self.start_proxy()
        await until(lambda: self.internal.followers)
        await until(self.knows_routes)
        return self

    async def start_proxy(self) -> None:
        self._ending = Ending()
        ready = asyncio.get_running_loop().create_future()
        self._serving = asyncio.get_running_loop().create_task(
            serve(self.settings, self._ending, self.lines, ready.set_result)
        )
        await asyncio.wait([ready, self._serving], return_when=asyncio.FIRST_COMPLETED)
        self.port = ready.result()["public"][0].getsockname()[1]

    async def stop_proxy(self, patience: float = 0.0) -> None:
        self._ending.wish(patience)
        if self._serving is not None:
            await self._serving
            self._serving = None

    async def stop(self) -> None:
        try:
            if self._session is not None:
                await self._session.close()
            await self.stop_proxy()
            await self.internal.stop()
            await self.node.stop()
            for one in (self.public, self.code):
                if one is not None:
                    await one.close()
        finally:
            shutil.rmtree(self.folder)

    async def knows_routes(self) -> bool:
        """Whether the proxy has the route: then the IDE is no 404 for who holds a grant."""
        async with self.get("/", IDE, {**SELF_FETCH, **self.ide()}) as answer:
            return answer.status != 404

    # --- credentials ---

    def ide(self, **changes) -> dict[str, str]:
        name = cookie_names(self.layout.tag)["ide"]
        return {"Cookie": f"{name}={make_grant('ide', **self._now(changes))}"}

    def ports(self, **changes) -> dict[str, str]:
        name = port_cookie(self.layout.tag, WORKSPACE)
        return {"Cookie": f"{name}={make_grant('port', **self._now(changes))}"}

    def guest(self, seconds: float = 3600.0) -> dict[str, str]:
        """What a browser holds that a share link of port 3000 has let in."""
        ends = self._ends(seconds)
        return {"Cookie": f"{share_cookie(self.layout.tag)}={make_share(expires=ends)}"}

    def shares(self, seconds: float = 3600.0) -> dict[str, ShareRoute]:
        """What the route says of that link."""
        return shares(expires=self._ends(seconds))

    def _ends(self, seconds: float) -> int:
        return int(self._now({})["issued"] + seconds)

    @staticmethod
    def _now(changes: dict) -> dict:
        import time  # noqa: PLC0415 -- the proxy under test reads the machine's clock

        return {"issued": int(time.time()), **changes}

    # --- clients ---

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            )
        return self._session

    def get(self, target: str, host: str = PORT, headers: dict[str, str] | None = None, **options):
        return self.ask("GET", target, host, headers, **options)

    def ask(self, method: str, target: str, host: str, headers: dict | None = None, **options):
        return self.session.request(
            method,
            f"http://127.0.0.1:{self.port}{target}",
            headers={"Host": host, **(headers or {})},
            allow_redirects=False,
            **options,
        )

    async def raw(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    def socket(
        self, host: str, headers: dict | None = None, origin: str = "", path: str = "/ws"
    ) -> connect:
        return connect(
            f"ws://{host}{path}",
            host="127.0.0.1",
            port=self.port,
            origin=origin or f"http://{host}",
            additional_headers=headers or {},
            compression=None,
            max_size=None,
            proxy=None,
        )


SELF_FETCH = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin"}


async def echoed(live: ClientConnection, text: str | bytes) -> bool:
    await live.send(text)
    return await live.recv() == text
