"""What the supervisor serves inside the workspace: to `gp` and to the IDE's extension.

HTTP and WebSocket on a unix socket that belongs to the person; who can connect to it may
do whatever the person may. Paths: `/v1/status`, `/v1/tasks`, `/v1/ports`, `/v1/timeout`, and
`/v1/terminals/<id>`, a WebSocket as in supervisor.api.terminals. Wishes are paths as well,
`/v1/timeout/set?to=2h`, `/v1/timeout/extend` and `/v1/active?to=ide`: the server knows no
method but GET, and no page can reach the socket.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import parse_qs

from websockets.asyncio.server import Server, ServerConnection, unix_serve
from websockets.http11 import Request, Response

from supervisor.api.replies import plain
from supervisor.api.terminals import serve_terminal
from supervisor.host.processes import Account
from supervisor.host.sockets import bind
from supervisor.host.terminal import Terminal

TERMINALS_PATH = "/v1/terminals/"
MAX_MESSAGE = 1 << 20

Answer = Callable[[], dict[str, object]]
Wish = Callable[[str], dict[str, object]]
"""Takes what is wished for; raises ValueError for what it cannot be."""


class LocalApi:
    """Answers and wishes by path; `terminal` finds one by id."""

    def __init__(
        self,
        answers: Mapping[str, Answer],
        terminal: Callable[[str], Terminal | None],
        wishes: Mapping[str, Wish] = MappingProxyType({}),
    ) -> None:
        self._answers = answers
        self._wishes = wishes
        self._terminal = terminal

    async def start(self, path: str, account: Account) -> Server:
        """Listen; the socket is the person's alone."""
        return await unix_serve(
            self._converse,
            sock=bind(path, account),
            process_request=self._answer,
            compression=None,
            max_size=MAX_MESSAGE,
            server_header=None,
            ping_interval=None,
        )

    def _answer(self, _connection: ServerConnection, request: Request) -> Response | None:
        path, _, query = request.path.partition("?")
        answer = self._answers.get(path)
        if answer is not None:
            return plain(HTTPStatus.OK, answer())
        wish = self._wishes.get(path)
        if wish is not None:
            try:
                return plain(HTTPStatus.OK, wish(parse_qs(query).get("to", [""])[0]))
            except ValueError as error:
                body: dict[str, object] = {"code": "refused", "detail": str(error)}
                return plain(HTTPStatus.BAD_REQUEST, body)
        upgrade = "upgrade" in request.headers.get("Connection", "").lower()
        if path.startswith(TERMINALS_PATH) and upgrade:
            return None
        return plain(HTTPStatus.NOT_FOUND, {"code": "not_found"})

    async def _converse(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        await serve_terminal(connection, connection.request.path, self._terminal)
