"""Asking the supervisor: HTTP over its local socket."""

import json
from importlib import import_module
from typing import Any

LOCAL_SOCKET = "/run/podium/gp.sock"
"""As wire.agent has it, whose other names take longer to load than most commands run."""

SECONDS = 10.0
"""Until there must be an answer, unless a command waits for a person."""
_WELL = frozenset({200, 204})


class NotServed(Exception):
    """The supervisor does not answer, or not as it should; the text is for people.

    `code` is for programs, empty where there is no answer.
    """

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code


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
        body = None if document is None else json.dumps(document)
        asking = import_module("supervisor.cli.unixhttp")
        try:
            status, content = asking.ask(self.path, seconds, method, target, body)
        except OSError as error:
            raise NotServed(f"the supervisor does not answer at {self.path}: {error}") from error
        if status in _WELL:
            return json.loads(content) if content else None
        raise _refusal(status, content, target)


def _refusal(status: int, content: bytes, target: str) -> NotServed:
    """Return the supervisor's own words, where it has some."""
    try:
        said = json.loads(content)
    except ValueError:
        said = None
    said = said if isinstance(said, dict) else {}
    text = said.get("detail") or f"the supervisor answered {status} to {target}"
    return NotServed(str(text), str(said.get("code", "")))
