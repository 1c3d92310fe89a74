"""Commands in a workspace's own terminal, through the proxy and without an editor's window."""

import json
import socket
from secrets import token_hex

from playwright.sync_api import Page
from websockets.sync.client import ClientConnection, connect

from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace

PATH = "/_supervisor/v1/terminals/main"
PATIENCE = 120
"""Seconds for output; what is waited for may be silent for as long as a busy machine needs."""


def cookie_of(page: Page, installation: Installation, workspace: str) -> str:
    """Let the page's browser into the workspace; returns its cookies as a header says them.

    A small answer of VS Code's server does: to load the editor is seconds of work.
    """
    page.goto(f"{installation.ide(workspace)}/version")
    held = page.context.cookies(installation.ide(workspace))
    return "; ".join(f"{one['name']}={one['value']}" for one in held)


def attach(
    installation: Installation, workspace: Workspace, cookie: str, offset: int = 0
) -> ClientConnection:
    ide = installation.ide(workspace.id)
    return connect(
        f"{ide.replace('http', 'ws')}{PATH}?offset={offset}",
        sock=socket.create_connection(("127.0.0.1", installation.port), timeout=10),
        origin=ide,  # type: ignore[arg-type] # a NewType of str
        additional_headers={"Cookie": cookie} if cookie else {},
        open_timeout=PATIENCE,
    )


def read_until(terminal: ClientConnection, wanted: bytes) -> bytes:
    seen = b""
    while wanted not in seen:
        part = terminal.recv(timeout=PATIENCE)
        seen += part if isinstance(part, bytes) else b""  # text is about titles and sizes
    return seen


def run(page: Page, installation: Installation, workspace: Workspace, command: str) -> str:
    """Run a command in the workspace's terminal until it has ended; returns what it printed."""
    cookie = cookie_of(page, installation, workspace.id)
    mark = token_hex(4)
    with attach(installation, workspace, cookie) as terminal:
        json.loads(terminal.recv(timeout=PATIENCE))
        # in halves, so that the echo of what is typed is not taken for what is printed
        line = f"echo '<'{mark}; {command}; echo $?'>'{mark}\n"
        terminal.send(line.encode())
        said, end = "", f">{mark}"
        while end not in said:
            try:
                part = terminal.recv(timeout=PATIENCE)
            except TimeoutError as error:
                raise AssertionError(said) from error
            said += part.decode(errors="replace") if isinstance(part, bytes) else ""
    printed, _end, _rest = said.rpartition(f"<{mark}\r\n")[2].rpartition(f">{mark}")
    assert printed.endswith("0"), printed
    return printed.removesuffix("0")
