"""From the wish for a workspace to the first prompt of its shell."""

import socket
import time

from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from bench.api import Api

_PATH = "/_supervisor/v1/terminals/main?offset=0"
_PROMPT = b"$ "
_PAUSE = 0.01
"""Seconds before a terminal that is not there yet is asked for again."""
_PATIENCE = 60.0
_NOT_YET = {502, 503}


def first_prompt(api: Api, url: str, session: str) -> tuple[str, float]:
    """Create a workspace; return its id and the seconds from the POST to the shell's prompt."""
    began = time.monotonic()
    workspace = api.create(url)
    prompted(api, workspace, session)
    return workspace, time.monotonic() - began


def prompted(api: Api, workspace: str, session: str) -> None:
    """Wait for the shell's prompt of a workspace that starts."""
    began = time.monotonic()
    cookie = api.grant(session, workspace)
    with _attach(api, workspace, cookie, began + _PATIENCE) as terminal:
        said = b""
        while _PROMPT not in said:
            part = terminal.recv(timeout=_PATIENCE)
            said += part if isinstance(part, bytes) else b""


def _attach(api: Api, workspace: str, cookie: str, deadline: float) -> ClientConnection:
    ide, port = api.installation.ide(workspace), api.installation.port
    while True:
        try:
            return connect(
                ide.replace("http", "ws", 1) + _PATH,
                sock=socket.create_connection(("127.0.0.1", port), timeout=10),
                origin=Origin(ide),
                additional_headers={"Cookie": cookie},
            )
        except InvalidStatus as error:
            if error.response.status_code not in _NOT_YET or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
