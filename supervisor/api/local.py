"""What the supervisor serves inside the workspace: to `gp` and to the IDE's extension.

HTTP and WebSocket on a unix socket that belongs to the person; who can connect to it may
do whatever the person may. Paths: `/v1/status`, `/v1/tasks`, `/v1/ports`, and
`/v1/terminals/<id>`, a WebSocket as in supervisor.api.terminals.
"""

import os
from collections.abc import Callable, Mapping
from http import HTTPStatus

from websockets.asyncio.server import Server, ServerConnection, unix_serve
from websockets.http11 import Request, Response

from supervisor.api.replies import plain
from supervisor.api.terminals import serve_terminal
from supervisor.host.processes import Account
from supervisor.host.terminal import Terminal

TERMINALS_PATH = "/v1/terminals/"
MAX_MESSAGE = 1 << 20

Answer = Callable[[], dict[str, object]]


class LocalApi:
    """Answers by path; `terminal` finds one by id."""

    def __init__(
        self, answers: Mapping[str, Answer], terminal: Callable[[str], Terminal | None]
    ) -> None:
        self._answers = answers
        self._terminal = terminal

    async def start(self, path: str, account: Account) -> Server:
        """Listen; the socket is the person's alone."""
        if os.path.lexists(path):
            os.unlink(path)  # noqa: PTH108 - lean start, no pathlib
        before = os.umask(0o177)
        try:
            server = await unix_serve(
                self._converse,
                path,
                process_request=self._answer,
                compression=None,
                max_size=MAX_MESSAGE,
                server_header=None,
                ping_interval=None,
            )
        finally:
            os.umask(before)
        os.chown(path, account.uid, account.gid)
        return server

    def _answer(self, _connection: ServerConnection, request: Request) -> Response | None:
        path = request.path.partition("?")[0]
        answer = self._answers.get(path)
        if answer is not None:
            return plain(HTTPStatus.OK, answer())
        upgrade = "upgrade" in request.headers.get("Connection", "").lower()
        if path.startswith(TERMINALS_PATH) and upgrade:
            return None
        return plain(HTTPStatus.NOT_FOUND, {"code": "not_found"})

    async def _converse(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        await serve_terminal(connection, connection.request.path, self._terminal)
