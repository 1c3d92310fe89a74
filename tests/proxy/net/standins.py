"""Stand-ins with real sockets: the server's two listeners, user code, the daemon's dial socket."""

import asyncio
import json
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec
from aiohttp import WSMsgType, web

from kit.unixsocket import bind_unix
from tests.proxy.world import PUBLIC, make_route
from wire.routes import FeedMessage, Hello, Snapshot


class App:
    """An HTTP and WebSocket server that echoes; counts what `/stream` could write."""

    def __init__(self) -> None:
        self.streams = 0
        self.written = 0
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", self._echo)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)

    @classmethod
    async def on_tcp(cls) -> tuple["App", int]:
        made = cls()
        listening = socket.create_server(("127.0.0.1", 0))
        await made._runner.setup()
        await web.SockSite(made._runner, listening).start()
        return made, listening.getsockname()[1]

    @classmethod
    async def on_unix(cls, path: str) -> "App":
        made = cls()
        await made._runner.setup()
        await web.SockSite(made._runner, bind_unix(path, 0o600)).start()
        return made

    async def close(self) -> None:
        await self._runner.cleanup()

    async def _echo(self, request: web.Request) -> web.StreamResponse:
        """Answer with what came, in the way the path asks for."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await _echo_socket(request)
        if request.path == "/post":
            return web.Response(body=await request.read())
        if request.path == "/big":
            return web.Response(body=b"x" * int(request.query["n"]))
        if request.path == "/events":
            return await self._events(request)
        if request.path == "/slow":
            return await _slow(request)
        if request.path == "/stream":
            return await self._stream(request)
        if request.path == "/cookie":
            return web.Response(headers={"Set-Cookie": "podium_port_x=1", "X-Podium-A": "1"})
        body = {
            "path": request.path_qs,
            "headers": {k.lower(): v for k, v in request.headers.items()},
        }
        return web.json_response(body)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Send one event, as an EventSource expects it, and keep the connection."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        self.streams += 1
        try:
            await response.write(b"data: hello\n\n")
            await asyncio.get_running_loop().create_future()
        finally:
            self.streams -= 1

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Send without end, until the other side stops to take or is gone."""
        response = web.StreamResponse()
        await response.prepare(request)
        self.streams += 1
        try:
            while True:
                await response.write(b"y" * 65536)
                self.written += 65536
        finally:
            self.streams -= 1


async def _slow(request: web.Request) -> web.StreamResponse:
    """Send pieces, each after a moment."""
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(int(request.query["n"])):
        await response.write(b"piece\n")
        with suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await asyncio.Event().wait()
    await response.write_eof()
    return response


async def _echo_socket(request: web.Request) -> web.WebSocketResponse:
    live = web.WebSocketResponse(max_msg_size=0)
    await live.prepare(request)
    async for message in live:
        if message.type is WSMsgType.TEXT:
            await live.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await live.send_bytes(message.data)
    return live


@dataclass
class Internal:
    """The server's internal listener: feed and redemption."""

    path: str
    epoch: str = "e1"
    seq: int = 1
    routes: list = field(default_factory=lambda: [make_route()])
    sessions: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    redeemed: list[dict] = field(default_factory=list)
    redeem: Callable[[dict], tuple[int, dict]] = lambda body: (
        400,
        {"code": "code_unknown", "title": "The code is not known"},
    )
    opened: list[dict] = field(default_factory=list)
    share: Callable[[dict], tuple[int, dict]] = lambda body: (
        404,
        {"code": "share_ended", "title": "This link does not work any more"},
    )
    followers: list[web.WebSocketResponse] = field(default_factory=list)
    runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/internal/routes", self._feed)
        app.router.add_post("/internal/grants/redeem", self._redeem)
        app.router.add_post("/internal/shares/open", self._open_share)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.SockSite(self.runner, bind_unix(self.path, 0o600)).start()

    async def stop(self) -> None:
        for one in self.followers:
            await one.close()
        if self.runner is not None:
            await self.runner.cleanup()
            self.runner = None

    async def tell(self, message: FeedMessage) -> None:
        self.seq = message.seq
        for one in self.followers:
            await one.send_str(msgspec.json.encode(message).decode())

    async def _feed(self, request: web.Request) -> web.WebSocketResponse:
        live = web.WebSocketResponse()
        await live.prepare(request)
        self.asked.append(request.query["since"])
        await live.send_str(msgspec.json.encode(Hello(epoch=self.epoch, keys=[PUBLIC])).decode())
        if request.query["since"] != f"{self.epoch}:{self.seq}":
            table = Snapshot(
                epoch=self.epoch, seq=self.seq, routes=self.routes, sessions=self.sessions
            )
            await live.send_str(msgspec.json.encode(table).decode())
        self.followers.append(live)
        async for _message in live:
            continue
        self.followers.remove(live)
        return live

    async def _redeem(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.redeemed.append(body)
        status, answer = self.redeem(body)
        return web.json_response(answer, status=status)

    async def _open_share(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.opened.append(body)
        status, answer = self.share(body)
        return web.json_response(answer, status=status)


class Node:
    """The daemon's dial socket: hands out connections to local TCP ports."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.ports: dict[tuple[str, int], int] = {}
        self.asked: list[tuple[str, int]] = []
        self.lines = 0
        self.silent = False
        self.full: set[tuple[str, int]] = set()
        """Ports whose queues are full: no answer."""
        self.errors: dict[tuple[str, int], str] = {}
        self._group: list[asyncio.Task] = []
        self._open: set[socket.socket] = set()

    def start(self) -> None:
        listener = bind_unix(self.path, 0o600)
        self._group.append(asyncio.get_running_loop().create_task(self._accept(listener)))

    async def stop(self) -> None:
        for task in self._group:
            task.cancel()
        await asyncio.gather(*self._group, return_exceptions=True)
        self._group.clear()
        for one in self._open:
            one.close()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with listener:
            while True:
                line, _ = await loop.sock_accept(listener)
                line.setblocking(False)
                self.lines += 1
                self._open.add(line)
                self._group.append(loop.create_task(self._serve(line)))

    async def _serve(self, line: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with line:
            while data := await loop.sock_recv(line, 4096):
                question = json.loads(data)
                place = question["instance"], question["port"]
                self.asked.append(place)
                if not self.silent and place not in self.full:
                    await self._answer(line, place)

    async def _answer(self, line: socket.socket, place: tuple[str, int]) -> None:
        error = self.errors.get(place) or ("" if place in self.ports else "refused")
        if error:
            line.send(json.dumps({"ok": False, "error": error}).encode() + b"\n")
            return
        with socket.socket() as made:
            made.setblocking(False)
            # who has to accept may be of this loop, with its queue full
            loop = asyncio.get_running_loop()
            await loop.sock_connect(made, ("127.0.0.1", self.ports[place]))
            socket.send_fds(line, [b'{"ok":true}\n'], [made.fileno()])
