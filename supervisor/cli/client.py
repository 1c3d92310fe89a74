"""Asking the supervisor: HTTP over its local socket."""

import http.client
import json
import socket
from typing import Any

SECONDS = 10.0
"""Until there must be an answer, unless a command waits for a person."""


class NotServed(Exception):
    """The supervisor does not answer, or not as it should; the text is for people.

    `code` is for programs, empty where there is no answer.
    """

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code


class _Unix(http.client.HTTPConnection):
    """HTTP to a unix socket."""

    def __init__(self, path: str, seconds: float | None) -> None:
        super().__init__("localhost")
        self._path = path
        self._seconds = seconds

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self._seconds)
        self.sock.connect(self._path)


class Client:
    """Reads documents; `path` is the socket's."""

    def __init__(self, path: str) -> None:
        self.path = path

    def get(self, target: str) -> Any:
        """Return the document at a target; raises NotServed."""
        return self.ask("GET", target)

    def ask(
        self, method: str, target: str, document: Any = None, *, seconds: float | None = SECONDS
    ) -> Any:
        """Send a document, if there is one, and return the answer's; raises NotServed."""
        connection = _Unix(self.path, seconds)
        body = None if document is None else json.dumps(document)
        try:
            connection.request(method, target, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise NotServed(f"the supervisor does not answer at {self.path}: {error}") from error
        finally:
            connection.close()
        if answer.status in {http.client.OK, http.client.NO_CONTENT}:
            return json.loads(content) if content else None
        raise _refusal(answer.status, content, target)


def _refusal(status: int, content: bytes, target: str) -> NotServed:
    """Return the supervisor's own words, where it has some."""
    try:
        said = json.loads(content)
    except ValueError:
        said = None
    said = said if isinstance(said, dict) else {}
    text = said.get("detail") or f"the supervisor answered {status} to {target}"
    return NotServed(str(text), str(said.get("code", "")))
