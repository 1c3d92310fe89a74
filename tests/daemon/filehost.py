"""A host of files for tests: some are there, some are not, some only later, some elsewhere."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from daemon.host.downloads import TRIES, fetch

CONTENT = b"content" * 1000


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        code, to = {"/missing": (404, ""), "/away": (503, ""), "/out": (302, "ftp://h.org/a")}.get(
            self.path, (200, "")
        )
        if self.path == "/late" and len(self.server.asked) < TRIES:
            code = 503
        if self.path == "/led":
            code, to = 302, "/a"
        self.send_response(code)
        if to:
            self.send_header("Location", to)
        if self.path == "/short":
            self.send_header("Content-Length", str(len(CONTENT) + 1))
        self.end_headers()
        if self.path in {"/silent", "/slow"}:
            self.wfile.write(CONTENT[:1] if self.path == "/slow" else b"")
            self.server.released.wait()
        elif code == 200:
            self.wfile.write(CONTENT)

    def log_message(self, *_args):
        pass


@contextmanager
def files_host() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.asked = []
    server.released = threading.Event()
    """Until then `/silent` sends no byte of its file, and `/slow` no second one."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def get(host, tmp_path, *paths, digest="", largest=1 << 20, place="{}", patience=5.0):
    files = [
        {
            "url": f"http://127.0.0.1:{host.server_port}{one}",
            "path": place.format(one.strip("/")),
            "digest": digest or f"sha256:{sha256(CONTENT).hexdigest()}",
        }
        for one in paths
    ]
    fetch(files, str(tmp_path), schemes=["http"], largest=largest, patience=patience, rest=0.0)
