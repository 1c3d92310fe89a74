"""A supervisor that `gp` can ask: documents by path, on a socket of its own."""

import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ENVIRONMENT = {
    "GITPOD_WORKSPACE_ID": "amber-otter-4k2hw9xz1q",
    "GITPOD_WORKSPACE_URL": "http://amber-otter-4k2hw9xz1q.ws.localhost:8080",
}


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@contextmanager
def supervisor(folder: Path, documents: dict[str, Any]) -> Iterator[str]:
    """Serve documents by path, or by method and path where that is not GET; others are 404.

    A function is asked with the document that was sent; a ValueError is a refusal.
    """

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.tell(documents.get(self.path))

        def do_POST(self) -> None:
            found = documents.get(f"{self.command} {self.path}")
            sent = json.loads(
                self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null"
            )
            try:
                self.tell(found(sent) if callable(found) else found)
            except ValueError as error:
                self.tell({"code": "refused", "detail": str(error)}, 400)

        do_PUT = do_DELETE = do_POST  # noqa: N815 - http.server's names

        def tell(self, document: Any, status: int = 200) -> None:
            self.send_response(status if document is not None else 404)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *_: object) -> None:
            pass

        def address_string(self) -> str:
            return "local"

    path = str(folder / "gp.sock")
    Path(path).unlink(missing_ok=True)
    with _Server(path, Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield path
        finally:
            server.shutdown()
            thread.join()
