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
    """Serve documents; those not named are 404."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = documents.get(self.path)
            self.send_response(200 if found is not None else 404)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_: object) -> None:
            pass

        def address_string(self) -> str:
            return "local"

    path = str(folder / "gp.sock")
    with _Server(path, Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield path
        server.shutdown()
        thread.join()
