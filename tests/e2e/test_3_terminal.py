"""The supervisor's own terminal, through the proxy: it goes on where a viewer left it."""

import json
import socket

import pytest
from playwright.sync_api import Page
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace, open_ide

PATH = "/_supervisor/v1/terminals/main"


def attach(
    installation: Installation, workspace: Workspace, cookie: str, offset: int = 0
) -> ClientConnection:
    ide = installation.ide(workspace.id)
    return connect(
        f"{ide.replace('http', 'ws')}{PATH}?offset={offset}",
        sock=socket.create_connection(("127.0.0.1", installation.port), timeout=10),
        origin=ide,  # type: ignore[arg-type] # a NewType of str
        additional_headers={"Cookie": cookie} if cookie else {},
    )


def read_until(terminal: ClientConnection, wanted: bytes) -> bytes:
    seen = b""
    while wanted not in seen:
        part = terminal.recv(timeout=20)
        seen += part if isinstance(part, bytes) else b""  # text is about titles and sizes
    return seen


@pytest.fixture
def cookie(installation: Installation, workspace: Workspace, page: Page) -> str:
    open_ide(page, installation, workspace)
    held = page.context.cookies(installation.ide(workspace.id))
    return "; ".join(f"{one['name']}={one['value']}" for one in held)


def test_a_viewer_that_comes_back_misses_and_repeats_nothing(
    installation: Installation, workspace: Workspace, cookie: str
) -> None:
    with attach(installation, workspace, cookie) as terminal:
        hello = json.loads(terminal.recv(timeout=20))
        terminal.send(b"echo first-$((40 + 2))\n")
        offset = hello["offset"] + len(read_until(terminal, b"first-42\r\n"))
        terminal.send(b"echo second-$((1 + 1))\n")  # its output comes when nobody looks

    with attach(installation, workspace, cookie, offset) as terminal:
        again = json.loads(terminal.recv(timeout=20))
        assert again["pid"] == hello["pid"]
        assert again["offset"] == offset
        assert b"first-42" not in read_until(terminal, b"second-2\r\n")


def test_the_shell_is_the_workspaces_user_in_its_folder(
    installation: Installation, workspace: Workspace, cookie: str
) -> None:
    with attach(installation, workspace, cookie) as terminal:
        terminal.recv(timeout=20)
        terminal.send(b'echo "[$(id -un):$PWD:$(sudo id -u):$TERM]"\n')
        read_until(terminal, f"[gitpod:/workspace/{workspace.folder}:0:xterm-256color]".encode())


def test_a_stranger_gets_no_terminal(installation: Installation, workspace: Workspace) -> None:
    with pytest.raises(InvalidStatus) as refused, attach(installation, workspace, ""):
        pass
    assert refused.value.response.status_code == 401
