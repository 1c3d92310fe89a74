"""A supervisor's process as in a pod: it reaches its server over a network, and has a door."""

import os
import ssl
import subprocess
import sys
from pathlib import Path

import msgspec
from aiohttp import WSMsgType, web

from app.workspaces.doors import certificate
from tests.authority import Authority
from tests.ports import free_port
from tests.waiting import until
from wire.agent import AGENT_PATH, Desired
from wire.door import DOOR_PATH, DoorGiven

CHECKOUT = Path(__file__).resolve().parents[2]
ADDRESS = "127.0.0.2"
"""Of every pod: one comes after the other."""


class Cluster:
    """A server's agent listener over a network, and the pod that it speaks to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.wish: Desired | None = None
        self.links = 0
        authority = Authority()
        authority.issue(folder / "server.pem", "localhost")
        authority.write(folder / "ca.pem")
        self._process: subprocess.Popen[bytes] | None = None
        app = web.Application()
        app.router.add_get(AGENT_PATH, self._link)
        app.router.add_post(DOOR_PATH, self._door)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        self._url = ""

    @property
    def at(self) -> str:
        """Where the pod's door is."""
        return f"{ADDRESS}:{self.port}"

    async def start(self) -> None:
        """Listen for supervisors."""
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.folder / "server.pem")
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        assert site._server is not None
        self._url = f"https://localhost:{site._server.sockets[0].getsockname()[1]}"

    async def run(self, wish: Desired) -> None:
        """Start a pod for this instance, and wait until its door is open."""
        self.wish = wish
        log = self.folder / f"{wish.instance}.log"
        self._process = self._begin(wish, log)
        await until(lambda: "door_open" in log.read_text() and self.links)

    def _begin(self, wish: Desired, log: Path) -> "subprocess.Popen[bytes]":
        (self.folder / "token").write_text(f"of {wish.instance}")
        with log.open("wb") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "supervisor"],
                cwd=CHECKOUT,
                env={
                    "PATH": os.environ["PATH"],
                    "PYTHONPATH": str(CHECKOUT),
                    "SUPERVISOR_SERVER_URL": self._url,
                    "SUPERVISOR_CA": str(self.folder / "ca.pem"),
                    "SUPERVISOR_ADDRESS": ADDRESS,
                    "SUPERVISOR_SERVER_SOCKET": "/nowhere/server.sock",
                    "SUPERVISOR_TOKEN_FILE": str(self.folder / "token"),
                    "SUPERVISOR_API_PORT": str(self.port),
                    "SUPERVISOR_IDE_PORT": str(free_port()),
                    "SUPERVISOR_SSH_PORT": str(free_port()),
                    "SUPERVISOR_IDE_COMMAND": "/bin/true",
                    "SUPERVISOR_IDE_LOG": str(self.folder / "ide.log"),
                    "SUPERVISOR_CHECKOUT_MARKER": str(self.folder / "state" / "checked-out"),
                    "SUPERVISOR_LOCAL_SOCKET": str(self.folder / "gp.sock"),
                    "SUPERVISOR_TASKS": str(self.folder / "tasks"),
                },
                stderr=file,
            )

    async def end(self) -> None:
        """End the pod; its address is free then."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            await until(lambda: process.poll() is not None)
            self.links = 0

    async def stop(self) -> None:
        """End everything."""
        await self.end()
        await self._runner.cleanup()

    # --- the server ---

    def _known(self, request: web.Request) -> Desired:
        wish = self.wish
        if wish is None or request.headers.get("Authorization") != f"Bearer of {wish.instance}":
            raise web.HTTPUnauthorized
        return wish

    async def _door(self, request: web.Request) -> web.Response:
        given = DoorGiven(certificate=certificate(self._known(request).key))
        return web.Response(body=msgspec.json.encode(given))

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        wish = self._known(request)
        live = web.WebSocketResponse()
        await live.prepare(request)
        await live.send_str(msgspec.json.encode(wish).decode())
        async for message in live:
            if message.type is WSMsgType.TEXT:
                self.links += 1
        return live
