"""Serves a table: on the loopback port behind the proxy, and on the person's socket inside.

A connection is one request: few a second come, and so nothing of one is left for the next.
h11 reads head and body; an upgrade is handed to the websockets library as the bytes that it
came as. Heads, bodies, connections and waits are bounded: every process inside can open the
port.
"""

import asyncio
from collections.abc import Awaitable, Callable

from websockets.asyncio.server import Server, ServerConnection
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from supervisor.api.request import Request
from supervisor.api.table import Listener, Table
from supervisor.host.journal import note
from supervisor.host.processes import Account
from supervisor.host.sockets import bind
from wire.agent import SUPERVISOR_PORT

MAX_MESSAGE = 1 << 20
"""Bytes of a WebSocket's message."""
MOST_WAITING = 4
"""Messages of one WebSocket that nobody has taken yet, before its client has to wait."""
MOST_CONNECTIONS = 256
"""At once, on each listener; more are closed unheard."""
_PING: dict[Listener, float | None] = {Listener.PORT: 20.0, Listener.SOCKET: None}
"""Seconds between pings. Who is on the socket is on the same machine, and seen to go."""

Factory = Callable[[], asyncio.Protocol]


class Upgraded(ServerConnection):
    """A WebSocket, with the request that it began as."""

    def __init__(self, request: Request, server: Server) -> None:
        every = _PING[request.listener]
        super().__init__(
            ServerProtocol(max_size=MAX_MESSAGE),
            server,
            max_queue=MOST_WAITING,
            ping_interval=every,
            ping_timeout=None if every is None else 2 * every,
        )
        self.began_as = request


class Api:
    """A table, and the key that proofs are made with; empty while nobody has told it."""

    def __init__(self, table: Table, key: Callable[[], str] = str) -> None:
        self._table = table
        self._key = key
        self._open: dict[Listener, int] = dict.fromkeys(Listener, 0)

    async def on_port(self, port: int = SUPERVISOR_PORT) -> Server:
        """Listen for the proxy; the port is the caller's to choose only in tests."""
        loop = asyncio.get_running_loop()
        return await self._serve(
            Listener.PORT, lambda factory: loop.create_server(factory, "127.0.0.1", port)
        )

    async def on_socket(self, path: str, account: Account) -> Server:
        """Listen for programs of the person; the socket is theirs alone."""
        loop = asyncio.get_running_loop()
        return await self._serve(
            Listener.SOCKET,
            lambda factory: loop.create_unix_server(factory, sock=bind(path, account)),
        )

    async def _serve(
        self, listener: Listener, listen: Callable[[Factory], Awaitable[asyncio.Server]]
    ) -> Server:
        def counted(change: int) -> bool:
            self._open[listener] += change
            return self._open[listener] <= MOST_CONNECTIONS

        def hand_over(request: Request, head: bytes) -> None:
            upgraded = Upgraded(request, made)
            request.transport.set_protocol(upgraded)
            upgraded.connection_made(request.transport)
            upgraded.data_received(head)

        async def create() -> asyncio.Server:
            return await listen(
                lambda: Request(listener, self._table, self._key, counted, hand_over)
            )

        made = Server(create, _converse)
        return await made


async def _converse(connection: ServerConnection) -> None:
    """Live as long as a WebSocket does, as `websockets.asyncio.server.serve` has it."""
    assert isinstance(connection, Upgraded)
    server, began = connection.server, connection.began_as
    try:
        async with asyncio.timeout(10):
            await connection.handshake(server_header=None)
        if connection.protocol.state is OPEN:
            server.all_connections.add(connection)
            connection.start_keepalive()
            async with connection:
                await began.converse(connection)
        else:
            connection.transport.abort()
    except Exception as error:  # noqa: BLE001 - a task's root: the next one must be served
        note("conversation_failed", path=began.path, error=repr(error))
        connection.transport.abort()
    finally:
        server.all_connections.discard(connection)
        current = asyncio.current_task()
        if current is not None:
            server.handler_tasks.discard(current)
        began.ended()
