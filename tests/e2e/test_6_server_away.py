"""The proxy while the server hangs, dies and comes back: workspaces notice nothing of it."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.asking import ask
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace, open_ide, type_in_terminal
from tests.e2e.patience import until

DASHBOARD = "podium.localhost"


class Admin(HTTPConnection):
    """The proxy's admin socket."""

    def __init__(self, installation: Installation) -> None:
        super().__init__("proxy", timeout=20)
        self._path = str(installation.layout.admin_socket)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(self._path)


def told(installation: Installation, path: str) -> str:
    connection = Admin(installation)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def breakers(installation: Installation) -> set[str]:
    """Return the states of the server's breaker; a worker that leaves has one too."""
    workers = json.loads(told(installation, "/state"))["workers"]
    return {one["services"]["server"]["state"] for one in workers}


def pid_of(installation: Installation, name: str) -> int:
    return installation.platform_processes()[name]["pid"]


@contextmanager
def hanging(installation: Installation) -> Iterator[None]:
    """The server takes connections and answers nobody."""
    pid = pid_of(installation, "server")
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture(scope="module")
def shell(
    installation: Installation, workspace: Workspace, owner: BrowserContext
) -> Iterator[Page]:
    """VS Code with its terminal, connected before anything happens: all is done to one window."""
    start = "workspace", "start", workspace.id, "--wait"
    until(lambda: installation.podium(*start).returncode == 0, timeout=60)
    page = owner.new_page()
    open_ide(page, installation, workspace)
    type_in_terminal(page, installation, workspace, "echo begun > /workspace/away-begun")
    tree = installation.content(workspace.id) / "workspace"
    until((tree / "away-begun").exists, timeout=60)
    yield page
    page.close()
    for one in tree.glob("away-*"):
        one.unlink()


def works(page: Page, installation: Installation, workspace: Workspace, word: str) -> None:
    """An open connection carries what is typed, and a new request with a grant is served."""
    tree = installation.content(workspace.id) / "workspace"
    type_in_terminal(page, installation, workspace, f"echo {word} > /workspace/away-{word}")
    until((tree / f"away-{word}").exists, timeout=60)
    assert opened(page, installation, workspace) == 200


def opened(page: Page, installation: Installation, workspace: Workspace) -> int:
    """Return the status of a new request of the person's browser for the editor."""
    address = installation.ide(workspace.id)
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies(address))
    authority = address.partition("//")[2]
    return ask(installation, authority, headers={**NAVIGATION, "Cookie": cookies}).status


NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}


def test_a_server_that_hangs_keeps_nobody_waiting(
    installation: Installation, workspace: Workspace, shell: Page
) -> None:
    dashboard = shell.context.new_page()
    authority = f"{DASHBOARD}:{installation.port}"
    until(lambda: breakers(installation) == {"closed"}, timeout=30)
    with hanging(installation):
        until(lambda: "open" in breakers(installation), timeout=60)
        dashboard.goto(installation.dashboard)
        expect(dashboard.get_by_role("heading")).to_have_text("The dashboard does not answer")
        problem = ask(installation, authority, "/api/v1/workspaces")
        assert (problem.status, problem.headers["retry-after"]) == (503, "2")
        assert json.loads(problem.body)["code"] == "server_away"
        works(shell, installation, workspace, "hanging")
        # half open (1) for the moments in which it tries; never closed while nobody answers
        state = 'podium_proxy_breaker{{service="server"}} {}.0'
        assert state.format(0) not in told(installation, "/metrics")
        until(lambda: state.format(2) in told(installation, "/metrics"), timeout=30)
        assert json.loads(told(installation, "/readyz"))["ready"], "workspaces are served"
    # the page asks again by itself, and the server is let to at once
    expect(dashboard.get_by_label("Repository URL")).to_be_visible()
    dashboard.close()


def test_a_server_and_a_daemon_that_die_are_not_missed(
    installation: Installation, workspace: Workspace, shell: Page
) -> None:
    for name in ("server", "daemon"):
        os.kill(pid_of(installation, name), signal.SIGKILL)
    works(shell, installation, workspace, "killed")
    until(lambda: breakers(installation) == {"closed"}, timeout=60)

    def lists() -> bool:
        return installation.podium("workspace", "list").returncode == 0

    until(lists, timeout=60)


def test_a_proxy_that_starts_while_the_server_hangs_serves_from_its_table(
    installation: Installation, workspace: Workspace, shell: Page
) -> None:
    table = Path(installation.layout.proxy_home) / "routes.jsonl"
    until(lambda: workspace.id in table.read_text(), timeout=30)
    assert table.stat().st_mode & 0o777 == 0o600
    with hanging(installation):
        before = pid_of(installation, "proxy")
        os.kill(before, signal.SIGKILL)

        def another() -> bool:
            shown = installation.platform_processes().get("proxy", {})
            return shown.get("pid") not in {before, None}

        until(another, timeout=60)

        def served() -> bool:
            try:
                checks = json.loads(told(installation, "/readyz"))["checks"]
            except (OSError, ValueError):
                return False
            return checks["table"]["cause"].endswith("the server is away")

        until(served, timeout=60)
        assert opened(shell, installation, workspace) == 200
        shown = [json.loads(one) for one in told(installation, "/table").splitlines()]
        route = next(one for one in shown if one["workspace"] == workspace.id)
        assert route["phase"] == "running"
        assert "key" not in route
    until(lambda: breakers(installation) == {"closed"}, timeout=60)
