"""A browser for tests: keeps one session cookie and sends what a real one would send."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from httpx import Response

from app.accounts.access import Listener
from app.listeners import Gate
from kit.tasks import Tasks
from tests.app.server import DASHBOARD, Server

WORKSPACE = {"url": "https://h.org/ada/demo"}


class Socket:
    """One WebSocket, played straight into the application."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def next(self) -> dict[str, Any]:
        """Return what the application sends next."""
        async with asyncio.timeout(60):
            return await self.sent.get()

    async def text(self) -> str:
        """Return the next message's text."""
        message = await self.next()
        assert message["type"] == "websocket.send", message
        return str(message["text"])


class Browser:
    """Signed out at first; `cookie` is its session's token."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookie = ""
        self.csrf = ""

    @property
    def cookies(self) -> dict[str, str]:
        name = f"__Host-podium_session_{self.server.settings.layout.tag}"
        return {"cookie": f"theme=dark; {name}={self.cookie}"} if self.cookie else {}

    async def new_link(self) -> str:
        """Return the token of a fresh sign-in link."""
        reply = await self.server.internal.post("/internal/login-links")
        assert reply.status_code == 201, reply.text
        url: str = reply.json()["url"]
        assert url.startswith(f"{DASHBOARD}/auth/link#")
        return url.partition("#")[2]

    async def use_link(self, token: str, next_path: str = "/", **headers: str) -> Response:
        """Post a link's token as the page does, and keep the cookie."""
        reply = await self.server.public.post(
            "/auth/link",
            json={"token": token, "next": next_path},
            headers={"origin": DASHBOARD, **self.cookies, **headers},
        )
        if reply.status_code == 200:
            self.cookie = reply.headers["set-cookie"].partition(";")[0].partition("=")[2]
        return reply

    async def sign_in(self) -> None:
        assert (await self.use_link(await self.new_link())).status_code == 200
        page = await self.go("/")
        found = re.search(r'"x-csrf-token":"([0-9a-f]{64})"', page.text)
        assert found is not None
        self.csrf = found.group(1)

    async def go(self, path: str, **headers: str) -> Response:
        """Navigate."""
        return await self.server.public.get(
            path,
            headers={
                "accept": "text/html,*/*",
                "sec-fetch-mode": "navigate",
                "sec-fetch-site": "none",
                **self.cookies,
                **headers,
            },
        )

    async def act(self, path: str, data: dict[str, str] | None = None, **headers: str) -> Response:
        """Post as a button does, through htmx; underscores in header names are dashes."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.server.public.post(
            path,
            data=data or {},
            headers={
                "hx-request": "true",
                "origin": DASHBOARD,
                "sec-fetch-site": "same-origin",
                "x-csrf-token": self.csrf,
                **self.cookies,
                **more,
            },
        )

    async def create(self) -> str:
        """Make a workspace; returns its id."""
        reply = await self.server.public.post(
            "/api/v1/workspaces", json=WORKSPACE, headers=self.server.bearer
        )
        assert reply.status_code == 201, reply.text
        return str(reply.json()["id"])

    @asynccontextmanager
    async def live(self, query: str, path: str = "/live", **headers: str) -> AsyncIterator[Socket]:
        """Open the live connection; left, the page goes away."""
        socket, tasks = Socket(), Tasks()
        sent = {"host": DASHBOARD.partition("//")[2], "origin": DASHBOARD, **self.cookies}
        scope: dict[str, Any] = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(n.encode(), v.encode()) for n, v in {**sent, **headers}.items() if v],
            "client": None,
            "server": ("podium.localhost", 8080),
            "subprotocols": [],
            "extensions": {},
            "state": {},
        }
        app = Gate(self.server.app, Listener.PUBLIC)
        serving = tasks.spawn(app(scope, socket.inbox.get, socket.sent.put), "live")  # type: ignore[arg-type] # messages are dicts of these
        socket.inbox.put_nowait({"type": "websocket.connect"})
        try:
            yield socket
            socket.inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})
            async with asyncio.timeout(60):
                await serving
        finally:
            await tasks.close()
