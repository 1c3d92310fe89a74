"""What a GitHost runs: git's own http backend, and the ways to misbehave.

`python -m tests.gitserver FOLDER ADDRESS` serves the folder's repositories until killed; the
port is the one line on stdout. The ways are told in tests/githost.py.
"""

import base64
import http.server
import os
import socketserver
import ssl
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.largefiles import LargeFiles


class _Handler(http.server.BaseHTTPRequestHandler):
    folder: Path

    def log_message(self, *_words: Any) -> None:
        return

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self._body())

    def do_PUT(self) -> None:
        self._serve(self._body())

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().strip(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _serve(self, body: bytes) -> None:
        path, _mark, query = self.path.partition("?")
        _slash, manner, rest = unquote(path).split("/", 2)
        shown = self.headers.get("Authorization", "")
        if shown:
            with (self.folder / "shown").open("a") as log:
                log.write(f"{_spelled(shown)}\n")
        large = LargeFiles(self.folder, f"http://{self.headers['Host']}")
        if manner == LargeFiles.MANNER:
            self._say(*large.object(self.command, rest, shown, body))
        elif not self._misbehave(manner, rest, query):
            if rest.endswith(LargeFiles.BATCH):
                self._say(*large.batch(body, guarded=manner == "private"))
            else:
                self._backend(manner, rest, query, body)

    def _misbehave(self, manner: str, rest: str, query: str) -> bool:
        to = {
            "loop": f"/loop/x{rest}?{query}",
            "file": f"file://{self.folder}/{rest}",
            "inward": f"http://10.99.77.3/plain/{rest}?{query}",
            "moved": f"http://{self.headers['Host']}/plain/{rest}?{query}",
        }
        if manner in to:
            self._answer(302, Location=to[manner])
        elif manner == "silent":
            threading.Event().wait(600)
        elif manner == "forbidden":
            self._answer(403)
        elif manner == "private" and not self._may_in(rest):
            self._answer(401, **{"WWW-Authenticate": 'Basic realm="git"'})
        else:
            return False
        return True

    def _may_in(self, rest: str) -> bool:
        shown = _spelled(self.headers.get("Authorization", ""))
        if shown == LargeFiles.PASS:
            return rest.endswith(LargeFiles.BATCH)
        return shown == (self.folder / "credentials").read_text()

    def _say(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def _backend(self, manner: str, rest: str, query: str, body: bytes) -> None:
        fetches = b"command=fetch" in body
        if rest.endswith("/git-upload-pack"):
            with (self.folder / "log").open("a") as log:
                name = rest.removesuffix("/git-upload-pack").removesuffix(".git")
                log.write(f"{'fetch' if fetches else 'list'} {name}\n")
        go, pause = self.folder / "go", threading.Event()
        while fetches and manner == "held" and not go.exists():
            pause.wait(0.02)
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_COUNT": "3",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "GIT_CONFIG_KEY_1": "uploadpack.allowFilter",
            "GIT_CONFIG_VALUE_1": "false" if manner == "old" else "true",
            "GIT_CONFIG_KEY_2": "http.receivepack",
            "GIT_CONFIG_VALUE_2": "true" if manner == "private" else "false",
            "PATH_INFO": f"/{rest}",
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=environment, capture_output=True, check=False
        )
        head, _gap, answer = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.send_response(int(fields.pop("Status", "200 OK").split()[0]))
        for name, value in {**fields, "Content-Length": str(len(answer))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer[: len(answer) // 2] if manner == "cut" and fetches else answer)


def _spelled(shown: str) -> str:
    """Return `user:token` of Basic, anything else as it is."""
    kind, _gap, value = shown.partition(" ")
    return base64.b64decode(value).decode() if kind == "Basic" else shown


class _Server(socketserver.ThreadingTCPServer):
    """Python's own HTTP server asks for its address's name, for 10 s where nobody answers."""

    daemon_threads = True
    request_queue_size = 50


def main() -> None:
    """Serve the folder at the address until killed; the port is the one line on stdout."""
    _Handler.folder = Path(sys.argv[1])
    server = _Server((sys.argv[2], 0), _Handler)
    if (_Handler.folder / "tls.pem").exists():
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(_Handler.folder / "crt.pem", _Handler.folder / "tls.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
