"""Asking the server over its internal socket, which only this installation can open."""

import http.client
import json
import socket
from typing import Any

from cli.problems import FAILED, CommandError, not_running
from wire.layout import Layout


class UnixConnection(http.client.HTTPConnection):
    """HTTP to a unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("server", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def ask(
    layout: Layout, method: str, target: str, body: object = None, timeout: float = 10.0
) -> Any:
    """Return the answer's JSON; raises CommandError when there is none or it is a problem."""
    connection = UnixConnection(str(layout.internal_socket), timeout)
    try:
        headers = {"Content-Type": "application/json"}
        content = json.dumps(body) if body is not None else None
        connection.request(method, target, content, headers)
        answer = connection.getresponse()
        said = json.loads(answer.read() or b"null")
    except PermissionError as error:
        raise CommandError(
            "Only root may ask the server of this machine", cure="Use sudo.", code=FAILED
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise not_running(f"its server: {error or type(error).__name__}") from error
    finally:
        connection.close()
    if answer.status >= 400:
        said = said if isinstance(said, dict) else {}
        raise CommandError(
            str(said.get("title", f"The server answered {answer.status}")),
            str(said.get("detail", "")),
            str(said.get("cure", "")),
        )
    return said
