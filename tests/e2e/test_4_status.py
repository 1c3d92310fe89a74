"""The status of a workspace through the proxy, and from inside as Gitpod's scripts ask it."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Page
from websockets.sync.client import connect

from tests.e2e.inside import PATIENCE, attach, cookie_of, read_until
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace

BASE = "/_supervisor/v1/status"


@pytest.fixture
def cookie(installation: Installation, workspace: Workspace, page: Page) -> str:
    return cookie_of(page, installation, workspace.id)


@contextmanager
def asked(
    installation: Installation, workspace: Workspace, path: str, method: str = "GET", **more: str
) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=PATIENCE)
    host = installation.ide(workspace.id).partition("://")[2]
    with closing(connection):
        connection.request(method, BASE + path, headers={"Host": host, **more})
        with connection.getresponse() as answer:
            yield answer


def test_it_is_waited_for_followed_and_asked_by_its_owner_alone(
    installation: Installation, workspace: Workspace, cookie: str
) -> None:
    own = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
    with asked(installation, workspace, "/content/wait/true", **own) as waited:
        assert (waited.status, json.loads(waited.read())["available"]) == (200, True)
    with asked(installation, workspace, "/ide/wait/true") as public:
        assert json.loads(public.read()) == {"ok": True}
    with asked(installation, workspace, "/ports") as refused:
        assert refused.status == 401
    with asked(installation, workspace, "/ports", "POST", **own) as refused:
        assert refused.status == 405
    stream = {"Accept": "text/event-stream", **own}
    with asked(installation, workspace, "/resources", **stream) as events:
        assert events.headers["Content-Type"] == "text/event-stream"
        assert events.readline().startswith(b'data: {"memory":{"used":')

    ide = installation.ide(workspace.id)
    with connect(
        f"{ide.replace('http', 'ws')}{BASE}/terminals",
        sock=socket.create_connection(("127.0.0.1", installation.port), timeout=10),
        origin=ide,  # type: ignore[arg-type] # a NewType of str
        additional_headers={"Cookie": cookie},
        open_timeout=PATIENCE,
    ) as following:
        assert "terminals" in json.loads(following.recv(timeout=PATIENCE))


def test_scripts_inside_wait_for_the_editor_without_any_credential(
    installation: Installation, workspace: Workspace, cookie: str
) -> None:
    with attach(installation, workspace, cookie) as terminal:
        asked = f"localhost:22999{BASE}"
        terminal.send(f"curl -s {asked}/ide/wait/true; curl -s {asked}/tasks\n".encode())
        assert b'{"ok":true}' in read_until(terminal, b"proof_missing")
