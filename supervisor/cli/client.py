"""Asking the supervisor: HTTP over its local socket."""

import http.client
import json
import socket
from typing import Any


class NotServed(Exception):
    """The supervisor does not answer, or not as it should; the text is for people."""


class _Unix(http.client.HTTPConnection):
    """HTTP to a unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=10)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Client:
    """Reads documents; `path` is the socket's."""

    def __init__(self, path: str) -> None:
        self.path = path

    def get(self, target: str) -> Any:
        """Return the document at a target; raises NotServed."""
        return self.ask("GET", target)

    def ask(self, method: str, target: str, document: Any = None) -> Any:
        """Send a document, if there is one, and return the answer's; raises NotServed."""
        connection = _Unix(self.path)
        body = None if document is None else json.dumps(document)
        try:
            connection.request(method, target, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise NotServed(f"the supervisor does not answer at {self.path}: {error}") from error
        finally:
            connection.close()
        if answer.status == http.client.BAD_REQUEST:
            raise NotServed(str(json.loads(content).get("detail", "")))
        if answer.status not in {http.client.OK, http.client.NO_CONTENT}:
            raise NotServed(f"the supervisor answered {answer.status} to {target}")
        return json.loads(content) if content else None
