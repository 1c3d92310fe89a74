"""An S3-compatible store in a process of its own, and a proxy in front of it that can fail.

    with running() as store:               # moto, on a free port of loopback
        with Faulty(store.port) as front:  # what clients talk to
            front.mode = Mode.STALL

A mode counts for what is asked from then on, and connections that are open are ended.
"""

import socket
import socketserver
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Self

import obstore
from obstore.store import S3Store

from kit.objectstore import Place, credentials_of, opened

BUCKET = "points"
SERVE = """
import sys, logging
logging.getLogger("werkzeug").setLevel(logging.ERROR)
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""
SERVE_TLS = """
import sys, logging
logging.getLogger("werkzeug").setLevel(logging.ERROR)
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler
from moto.moto_server.werkzeug_app import create_backend_app
from threading import Thread
from werkzeug.serving import make_server
app, context = DomainDispatcherApplication(create_backend_app), (sys.argv[1], sys.argv[1])
words = {"request_handler": MotoRequestHandler, "ssl_context": context}
server = make_server("127.0.0.1", 0, app, True, **words)
Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
"""
CREDENTIALS = "[default]\naws_access_key_id = AKIDTEST\naws_secret_access_key = top-secret-words\n"
_CHUNK = 1 << 16


@dataclass(frozen=True)
class ObjectStore:
    """A store with one bucket."""

    port: int
    credentials: Path

    def place(self, prefix: str, port: int = 0) -> Place:
        return Place("http", "127.0.0.1", port or self.port, BUCKET, prefix)

    def below(self, prefix: str) -> S3Store:
        """Return what is below a prefix, for tests to look at and to harm."""
        return opened(self.place(prefix), credentials_of(self.credentials))

    def names(self, prefix: str) -> list[str]:
        return [one["path"] for page in obstore.list(self.below(prefix)) for one in page]


@contextmanager
def running(folder: Path, certificate: Path | None = None) -> Iterator[ObjectStore]:
    """Start a store with an empty bucket; with a file of certificate and key it speaks TLS."""
    credentials = folder / "credentials"
    credentials.write_text(CREDENTIALS)
    with subprocess.Popen(
        [sys.executable, "-c", SERVE]
        if certificate is None
        else [sys.executable, "-c", SERVE_TLS, str(certificate)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            _make_bucket(port, encrypted=certificate is not None)
            yield ObjectStore(port, credentials)
        finally:
            process.stdin.close()
            process.kill()


def _make_bucket(port: int, *, encrypted: bool) -> None:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    connection = (
        HTTPSConnection("127.0.0.1", port, context=trusting)
        if encrypted
        else HTTPConnection("127.0.0.1", port)
    )
    with closing(connection):
        connection.request("PUT", f"/{BUCKET}")
        assert connection.getresponse().status == 200


class Mode(StrEnum):
    """What the proxy does."""

    PASS = "pass"
    SLOW = "slow"
    STALL = "stall"
    """It accepts, reads, and never answers."""
    RESET = "reset"
    FAIL = "fail"
    DENY = "deny"
    NO_BUCKET = "no bucket"


_ANSWERS = {
    Mode.FAIL: (
        503,
        "Service Unavailable",
        "ServiceUnavailable",
        "Please reduce your request rate.",
    ),
    Mode.DENY: (403, "Forbidden", "InvalidAccessKeyId", "The AWS Access Key Id you provided"),
    Mode.NO_BUCKET: (404, "Not Found", "NoSuchBucket", "The specified bucket does not exist"),
}


class Faulty:
    """A proxy on a free port of loopback, in front of a store."""

    def __init__(self, behind: int) -> None:
        self.asked = 0
        """Connections so far."""
        self._behind = behind
        self._mode = Mode.PASS
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._changed = threading.Event()
        front = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                front.serve(self.request)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_reason: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self.mode = Mode.RESET
        self._server.server_close()

    @property
    def mode(self) -> Mode:
        return self._mode

    @mode.setter
    def mode(self, wanted: Mode) -> None:
        with self._lock:
            self._mode = wanted
            self._changed.set()
            self._changed = threading.Event()
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def serve(self, connection: socket.socket) -> None:
        with self._lock:
            mode, changed = self._mode, self._changed
            self.asked += 1
            self._open.add(connection)
        try:
            with suppress(OSError):
                self._serve(connection, mode, changed)
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _serve(self, connection: socket.socket, mode: Mode, changed: threading.Event) -> None:
        if mode is Mode.STALL:
            while connection.recv(_CHUNK):
                continue
        elif mode in _ANSWERS:
            _answer(connection, mode)
        elif mode in {Mode.PASS, Mode.SLOW}:
            with socket.create_connection(("127.0.0.1", self._behind)) as behind:
                pause = 0.02 if mode is Mode.SLOW else 0.0
                back = threading.Thread(target=_copy, args=(behind, connection, changed, pause))
                back.start()
                _copy(connection, behind, changed, pause)
                back.join()


def _copy(one: socket.socket, other: socket.socket, changed: threading.Event, pause: float) -> None:
    with suppress(OSError):
        while data := one.recv(_CHUNK):
            if pause:
                changed.wait(pause)
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_RDWR)


def _answer(connection: socket.socket, mode: Mode) -> None:
    """Refuse each request, its body read to the end first."""
    number, words, code, message = _ANSWERS[mode]
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
    with connection.makefile("rb") as stream:
        while line := stream.readline():
            length, method = 0, line.split()[0]
            while (header := stream.readline()) not in {b"\r\n", b""}:
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            stream.read(length)
            said = b"" if method == b"HEAD" else body
            head = f"HTTP/1.1 {number} {words}\r\nContent-Type: application/xml\r\n"
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + said)
