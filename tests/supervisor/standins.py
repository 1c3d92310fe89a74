"""A stand-in for VS Code's server, and the platform's end of the agent link."""

from http import HTTPStatus
from pathlib import Path

import msgspec
from websockets.asyncio.server import Server, ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.anyone import PYTHON
from wire.agent import Desired, Observed

IDE = """
import http.server, signal, sys
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"1.0")
    def log_message(self, *_):
        pass
print("an IDE", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + IDE
DEAF = "import signal\nprint('deaf', flush=True)\nsignal.pause()"
BROKEN = "print('broken', flush=True); raise SystemExit(3)"


def ide(code: str, port: int) -> list[str]:
    return [*PYTHON, "-c", code, str(port)]


class Platform:
    """The agent listener of a server: keeps what supervisors say, says what is wanted."""

    def __init__(self, path: Path, token: str) -> None:
        self.path = path
        self.token = token
        self.observed: list[Observed] = []
        self.connections: set[ServerConnection] = set()
        self.wishes: list[bytes] = []
        self.attempts = 0
        self._server: Server | None = None

    async def start(self) -> None:
        self.path.unlink(missing_ok=True)
        self._server = await unix_serve(
            self._converse, str(self.path), process_request=self._admit, close_timeout=0.2
        )

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def say(self, wish: Desired | bytes) -> None:
        """Tell everybody, and whoever connects later."""
        text = wish if isinstance(wish, bytes) else msgspec.json.encode(wish)
        self.wishes.append(text)
        for connection in list(self.connections):
            await connection.send(text, text=True)

    async def cut(self) -> None:
        """Lose every connection without a word."""
        for connection in list(self.connections):
            connection.transport.abort()
            await connection.wait_closed()

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        self.attempts += 1
        if request.headers.get("Authorization") == f"Bearer {self.token}":
            return None
        return connection.respond(HTTPStatus.UNAUTHORIZED, "no")

    async def _converse(self, connection: ServerConnection) -> None:
        self.connections.add(connection)
        try:
            for wish in self.wishes:
                await connection.send(wish, text=True)
            async for message in connection:
                self.observed.append(msgspec.json.decode(message, type=Observed))
        except ConnectionClosed:
            return
        finally:
            self.connections.discard(connection)
