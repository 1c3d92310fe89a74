"""What the supervisor serves to the proxy: status and terminals, nothing without proof."""

import time
from collections.abc import Callable
from http import HTTPStatus

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from supervisor.api.replies import plain
from supervisor.api.terminals import serve_terminal
from supervisor.host.terminal import Terminal
from wire.agent import SUPERVISOR_PORT
from wire.proof import PROOF_HEADER, check

STATUS_PATH = "/_supervisor/v1/status"
TERMINALS_PATH = "/_supervisor/v1/terminals/"
MAX_MESSAGE = 1 << 20


class Api:
    """HTTP and WebSocket on a loopback port, reached through the proxy only."""

    def __init__(
        self,
        key: Callable[[], str],
        status: Callable[[], dict[str, object]],
        terminal: Callable[[str], Terminal | None],
    ) -> None:
        self._key = key
        self._status = status
        self._terminal = terminal

    async def start(self, port: int = SUPERVISOR_PORT) -> Server:
        """Listen; the port is the caller's to choose only in tests."""
        return await serve(
            self._converse,
            "127.0.0.1",
            port,
            process_request=self._answer,
            compression=None,
            max_size=MAX_MESSAGE,
            server_header=None,
            ping_interval=20,
            ping_timeout=40,
        )

    def _answer(self, _connection: ServerConnection, request: Request) -> Response | None:
        """Refuse, answer plain requests, or let an upgrade through (None)."""
        key = self._key()
        if not key:
            return plain(HTTPStatus.SERVICE_UNAVAILABLE, {"code": "not_ready"})
        proofs = request.headers.get_all(PROOF_HEADER)
        proven = len(proofs) == 1 and check(key, "GET", request.path, proofs[0], time.time())
        if not proven:
            return plain(HTTPStatus.UNAUTHORIZED, {"code": "proof_missing"})
        path = request.path.partition("?")[0]
        if path == STATUS_PATH:
            return plain(HTTPStatus.OK, self._status())
        if (
            path.startswith(TERMINALS_PATH)
            and "upgrade" in request.headers.get("Connection", "").lower()
        ):
            return None
        return plain(HTTPStatus.NOT_FOUND, {"code": "not_found"})

    async def _converse(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        await serve_terminal(connection, connection.request.path, self._terminal)
