"""`gp ports expose`: a port that only listens inside, under another number. Gitpod's.

Ports on localhost are reached without it here. It is for two programs that want one number,
and for servers that refuse every name but localhost.
"""

import argparse
import re
import socket
import sys
import threading
from collections.abc import Mapping

from supervisor.cli.client import Client, NotServed
from supervisor.cli.workspace import url_of

_PIECE = 65536
_LONGEST_HEAD = 65536
_HOST = re.compile(rb"(?im)^host:[^\r\n]*")


def expose(found: argparse.Namespace, _client: Client, environment: Mapping[str, str]) -> int:
    """Relay until interrupted."""
    target = found.target or found.local + 1
    address = url_of(environment, target)
    url_of(environment, found.local)
    with listening(target) as server:
        sys.stdout.write(f"Port {found.local} is also at {address}; Ctrl+C ends it.\n")
        sys.stdout.flush()
        serve(server, found.local, rewrite=found.rewrite_host_header)
    return 0


def listening(port: int) -> socket.socket:
    """Return a socket that listens on every address; raises NotServed."""
    try:
        return socket.create_server(("0.0.0.0", port))  # noqa: S104 - to be reached is its purpose
    except OSError as error:
        raise NotServed(f"port {port} cannot be listened on: {error.strerror}") from error


def serve(server: socket.socket, local: int, *, rewrite: bool) -> None:
    """Relay each connection; returns when the socket is closed."""
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_relay, args=(client, local, rewrite), daemon=True).start()


def _relay(client: socket.socket, local: int, rewrite: bool) -> None:  # noqa: FBT001 - a thread's
    with client:
        try:
            upstream = socket.create_connection(("127.0.0.1", local))
        except OSError:
            return
        with upstream:
            if rewrite:
                _pass_head(client, upstream, local)
            back = threading.Thread(target=_pump, args=(upstream, client), daemon=True)
            back.start()
            _pump(client, upstream)
            back.join()


def _pass_head(client: socket.socket, upstream: socket.socket, local: int) -> None:
    """Pass the first request's head with localhost as its host; one request a connection."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _LONGEST_HEAD:
        data = client.recv(_PIECE)
        if not data:
            break
        head += data
    lines, end, body = head.partition(b"\r\n\r\n")
    lines = _HOST.sub(b"Host: localhost:%d" % local, lines)
    if b"upgrade:" not in lines.lower():
        lines = re.sub(rb"(?im)^connection:[^\r\n]*\r\n", b"", lines + b"\r\n")
        lines += b"Connection: close"
    upstream.sendall(lines + end + body)


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(_PIECE):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return
