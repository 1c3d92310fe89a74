"""The supervisor's own terminal, through the proxy: it goes on where a viewer left it."""

import json

import pytest
from playwright.sync_api import Page
from websockets.exceptions import InvalidStatus

from tests.e2e.inside import PATIENCE, attach, cookie_of, read_until
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace


@pytest.fixture
def cookie(installation: Installation, workspace: Workspace, page: Page) -> str:
    return cookie_of(page, installation, workspace.id)


def test_a_viewer_that_comes_back_misses_and_repeats_nothing(
    installation: Installation, workspace: Workspace, cookie: str
) -> None:
    with attach(installation, workspace, cookie) as terminal:
        hello = json.loads(terminal.recv(timeout=PATIENCE))
        terminal.send(b"echo first-$((40 + 2))\n")
        offset = hello["offset"] + len(read_until(terminal, b"first-42\r\n"))
        terminal.send(b"echo second-$((1 + 1))\n")  # its output comes when nobody looks

    with attach(installation, workspace, cookie, offset) as terminal:
        again = json.loads(terminal.recv(timeout=PATIENCE))
        assert again["pid"] == hello["pid"]
        assert again["offset"] == offset
        assert b"first-42" not in read_until(terminal, b"second-2\r\n")


def test_the_shell_is_the_workspaces_user_in_its_folder(
    installation: Installation, workspace: Workspace, cookie: str
) -> None:
    with attach(installation, workspace, cookie) as terminal:
        terminal.recv(timeout=PATIENCE)
        terminal.send(b'echo "[$(id -un):$PWD:$(sudo id -u):$TERM]"\n')
        read_until(terminal, f"[gitpod:/workspace/{workspace.folder}:0:xterm-256color]".encode())


def test_a_stranger_gets_no_terminal(installation: Installation, workspace: Workspace) -> None:
    with pytest.raises(InvalidStatus) as refused, attach(installation, workspace, ""):
        pass
    assert refused.value.response.status_code == 401
