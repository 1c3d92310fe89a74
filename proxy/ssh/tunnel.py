"""SSH over a WebSocket, for networks that let nothing else through, and the gateway's host keys.

The proxy passes these paths of a workspace's IDE host on to the gateway's own socket. A browser's
grant it has checked itself, and says whose it is; the password of a program is checked here.
"""

import asyncio
import json
import socket
from http import HTTPStatus
from weakref import WeakKeyDictionary

from websockets.asyncio.server import Server as WebSocketServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from proxy.ssh.asking import Away
from proxy.ssh.gateway import Gateway
from wire.hosts import Hosts, IdeHost
from wire.ssh import (
    HOST_KEYS_PATH,
    TUNNEL_BEARER_HEADER,
    TUNNEL_PATHS,
    TUNNEL_TOKEN_HEADER,
    Authenticate,
    Known,
)

PIECE = 65536
MAX_MESSAGE = 1 << 20


class Tunnel:
    """Serves the gateway's socket."""

    def __init__(self, gateway: Gateway, hosts: Hosts, host_keys: list[dict[str, str]]) -> None:
        self._gateway = gateway
        self._hosts = hosts
        self._host_keys = host_keys
        # An upgrade can still fail on its form, and nobody hears of it.
        self._proven: WeakKeyDictionary[ServerConnection, tuple[str, Known]] = WeakKeyDictionary()
        self._open = 0

    @property
    def open(self) -> int:
        """How many tunnels there are."""
        return self._open

    async def serve(self, listening: socket.socket) -> WebSocketServer:
        """Serve a listening socket."""
        return await serve(
            self._carry,
            sock=listening,
            process_request=self._answer,
            compression=None,
            max_size=MAX_MESSAGE,
            server_header=None,
            ping_interval=30,
            ping_timeout=60,
        )

    async def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse, tell the host keys, or let an upgrade through (None)."""
        path = request.path.partition("?")[0]
        if path == HOST_KEYS_PATH:
            return _told(HTTPStatus.OK, self._host_keys)
        host = self._hosts.parse(request.headers.get("Host", ""))
        if path not in TUNNEL_PATHS or not isinstance(host, IdeHost):
            return _told(HTTPStatus.NOT_FOUND, {"code": "not_found"})
        try:
            known = await self._known(host.workspace, request.headers)
        except Away:
            return _told(HTTPStatus.SERVICE_UNAVAILABLE, {"code": "server_away"})
        if known is None:
            return _told(HTTPStatus.UNAUTHORIZED, {"code": "unauthenticated"})
        self._proven[connection] = host.workspace, known
        return None

    async def _known(self, workspace: str, headers: Headers) -> Known | None:
        bearer = headers.get(TUNNEL_BEARER_HEADER, "").split(" ")
        if len(bearer) == 2:
            return Known(user=bearer[0], credential=f"session:{bearer[1]}")
        token = headers.get(TUNNEL_TOKEN_HEADER, "")
        if not 0 < len(token) <= 200:
            return None
        asked = Authenticate(workspace=workspace, token=token)
        return await self._gateway.server.authenticate(asked)

    async def _carry(self, connection: ServerConnection) -> None:
        workspace, known = self._proven.pop(connection)
        self._open += 1
        ours, theirs = socket.socketpair()
        for one in (ours, theirs):
            one.setblocking(False)
        try:
            loop = asyncio.get_running_loop()
            await loop.connect_accepted_socket(
                lambda: self._gateway.visit(workspace, known), sock=theirs
            )
            reader, writer = await asyncio.open_connection(sock=ours)
            outward = self._gateway.tasks.spawn(_out(reader, connection), "tunnel-out")
            try:
                await _in(connection, writer)
            finally:
                outward.cancel()
                writer.close()
        finally:
            self._open -= 1


async def _out(reader: asyncio.StreamReader, connection: ServerConnection) -> None:
    try:
        while data := await reader.read(PIECE):
            await connection.send(data)
        await connection.close()
    except (OSError, ConnectionClosed):
        return


async def _in(connection: ServerConnection, writer: asyncio.StreamWriter) -> None:
    try:
        async for message in connection:
            if isinstance(message, bytes):
                writer.write(message)
                await writer.drain()
    except (OSError, ConnectionClosed):
        return


def _told(status: HTTPStatus, content: object) -> Response:
    body = json.dumps(content).encode()
    headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(body))})
    headers["Cache-Control"] = "no-store"
    return Response(status.value, status.phrase, headers, body)
