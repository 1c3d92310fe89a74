"""A small HTTP server that answers as a test tells it to, in place of server and proxy.

    with serving(lambda request: (200, {"workspaces": []})) as server:
        server.port, server.requests

A handler returns a status and JSON, bytes or text; `serving_unix` listens on a socket file.
"""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: Any


Answer = Callable[[Request], tuple[int, Any]]


@dataclass
class Server:
    port: int = 0
    requests: list[Request] = field(default_factory=list)


class _Unix(ThreadingHTTPServer):
    address_family = 1

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)

    def get_request(self) -> Any:
        request, _address = super().get_request()
        return request, ("", 0)


def _handler(answer: Answer, seen: list[Request]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.loads(content) if content else None
            seen.append(Request(self.command, self.path, headers, body))
            status, said = answer(seen[-1])
            raw = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - names of http.server

        def log_message(self, *_words: Any) -> None:
            pass

    return Handler


@contextmanager
def _serve(server: ThreadingHTTPServer, told: Server) -> Iterator[Server]:
    with server:
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serving(answer: Answer) -> Iterator[Server]:
    told = Server()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer, told.requests))
    told.port = server.server_port
    with _serve(server, told):
        yield told


@contextmanager
def serving_unix(path: str, answer: Answer) -> Iterator[Server]:
    told = Server()
    with _serve(_Unix(path, _handler(answer, told.requests)), told):
        yield told
