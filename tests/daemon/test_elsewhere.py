"""A node is lost, and its workspace starts on another: the real server over two real daemons."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import json

from tests import disks, nodehost
from tests.nodehost import NodeHost
from tests.waiting import accepts, until

pytestmark = pytest.mark.root
FILE = Path("workspace", "demo", "file")
ARTEFACTS = {"image": nodehost.IMAGE, "supervisor": nodehost.BUNDLE, "vscode": nodehost.IDE}
ORIGIN = "http://podium.localhost:8080"


@dataclass
class Installation:
    """A server whose own node is `here`, with another one, `there`."""

    here: NodeHost
    there: NodeHost
    process: "subprocess.Popen[bytes]"

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        layout = self.here.layout
        inside = path.startswith("/internal/")
        socket = layout.internal_socket if inside else layout.public_socket
        headers = {} if inside else {"authorization": f"Bearer {self.token}"}
        transport = httpx.HTTPTransport(uds=str(socket))
        with httpx.Client(transport=transport, base_url=ORIGIN, timeout=60) as client:
            reply = client.request(method, path, json=body, headers=headers)
        return reply.json() | {"status_code": reply.status_code}

    @property
    def token(self) -> str:
        if not hasattr(self, "_token"):
            made = self.ask("POST", "/internal/tokens", {"name": "tests"})
            self._token = str(made["token"])
        return self._token

    def node(self, name: str) -> Any:
        nodes = self.ask("GET", "/internal/nodes")["nodes"]
        return next(one for one in nodes if one["name"] == name)

    def see(self, workspace: str) -> Any:
        return self.ask("GET", f"/api/v1/workspaces/{workspace}")

    def contained(self, workspace: str, n: int) -> None:
        """Wait until the container of the start, or a later one, runs."""

        def there() -> bool:
            one = self.see(workspace)["instance"]
            return bool(one and one["n"] >= n and one["steps"][5]["state"] == "done")

        until(there)

    def stopped(self, workspace: str) -> None:
        self.ask("POST", f"/api/v1/workspaces/{workspace}/stop")
        until(lambda: self.see(workspace)["phase"] == "stopped")
        until(lambda: (self.see(workspace)["backup"] or {}).get("safe"))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    here = nodehost.make_host(tmp_path_factory.mktemp("here"))
    shared = {"PODIUM_LOCAL_REPOSITORIES": str(here.repositories)}
    there = nodehost.make_host(tmp_path_factory.mktemp("there"), **shared)
    Path(here.layout.backups).mkdir(mode=0o700)
    Path(there.layout.backups).symlink_to(here.layout.backups)
    nodehost.make_repository(here)
    layout = here.layout
    for path in (layout.server_home, layout.server_run):
        Path(path).mkdir(parents=True, mode=0o700, exist_ok=True)
    Path(layout.master_key).write_bytes(os.urandom(32))
    Path(layout.artefacts).write_bytes(json.encode(ARTEFACTS))
    here.start()
    there.start()
    environment = {
        **here.environment,
        "PODIUM_NODES": f"b={there.layout.daemon_socket}",
        "PODIUM_NODE_LEASE": "10s",
        "PODIUM_BACKUP_EVERY": "1h",
    }
    log = (here.folder / "server.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-m", "app"], cwd=nodehost.CHECKOUT, env=environment, stdout=log,
        stderr=log,
    )  # fmt: skip
    try:
        until(lambda: accepts(str(layout.public_socket)) and accepts(str(layout.internal_socket)))
        made = Installation(here, there, process)
        until(lambda: made.node("b")["answers"] and made.node("local")["answers"])
        yield made
    finally:
        process.terminate()
        process.wait(30)
        log.close()
        there.stop()
        here.stop()


def read(host: NodeHost, workspace: str) -> str | None:
    with disks.shown(host.layout, workspace) as folder:
        file = folder / FILE
        return file.read_text() if file.exists() else None


def write(host: NodeHost, workspace: str, text: str) -> None:
    with disks.shown(host.layout, workspace) as folder:
        (folder / FILE).write_text(text)


def processes_of(host: NodeHost) -> set[int]:
    """Return what runs in the workspaces of a node."""
    found: set[int] = set()
    for group in Path("/sys/fs/cgroup").rglob(f"podium_{host.layout.tag}/*.*"):
        for file in group.rglob("cgroup.procs"):
            with suppress(OSError):
                found |= {int(word) for word in file.read_text().split()}
    return found


def reasons(both: Installation, place: str) -> set[str]:
    points = both.ask("GET", f"{place}/points")["points"]
    return {str(one["reason"]) for one in points if one["state"] == "done"}


def test_a_lost_node_is_gone_without_and_overwrites_nothing_later(both: Installation) -> None:
    both.ask("POST", "/internal/nodes/local/drain")
    made = both.ask("POST", "/api/v1/workspaces", {"url": both.here.file_url("demo")})
    workspace = made["id"]
    both.contained(workspace, 1)
    both.ask("POST", "/internal/nodes/local/take-back")
    write(both.there, workspace, "one")
    both.stopped(workspace)
    place = f"/api/v1/workspaces/{workspace}"
    both.ask("POST", f"{place}/start")
    both.contained(workspace, 2)
    write(both.there, workspace, "written after the point")
    assert processes_of(both.there)

    both.there.kill()
    until(lambda: not both.node("b")["answers"])
    # the daemon is dead, and what it ran ends even so, when its lease is over
    until(lambda: not processes_of(both.there))
    until(lambda: both.ask("GET", f"{place}/elsewhere").get("problem") is None)
    began = both.ask("POST", f"{place}/elsewhere")
    assert began["status_code"] == 202, began
    both.contained(workspace, 4)
    assert read(both.here, workspace) == "one"
    write(both.here, workspace, "two")

    both.there.start()
    until(lambda: both.node("b")["answers"])
    until(lambda: "left" in reasons(both, place))
    until(lambda: both.node("b")["left"] == 0)
    assert not processes_of(both.there)
    assert read(both.here, workspace) == "two", "nothing was overwritten"
    points = both.ask("GET", f"{place}/points")["points"]
    left = [one for one in points if one["reason"] == "left"]
    assert [(one["node"], one["state"], one["pinned"]) for one in left] == [("b", "done", True)]
    both.stopped(workspace)
    both.ask("POST", f"{place}/points/{left[0]['id']}/restore")
    until(lambda: read(both.here, workspace) == "written after the point")


def test_a_node_that_is_drained_is_empty_in_the_end(both: Installation) -> None:
    made = both.ask("POST", "/api/v1/workspaces", {"url": both.here.file_url("demo")})
    workspace = made["id"]
    both.contained(workspace, 1)
    node = {"local": both.here, "b": both.there}
    first = next(name for name in node if both.node(name)["running"])
    second = {"local": "b", "b": "local"}[first]
    write(node[first], workspace, "one")
    both.ask("POST", f"/internal/nodes/{first}/drain")
    both.contained(workspace, 3)
    assert read(node[second], workspace) == "one"
    until(lambda: both.node(first)["left"] == 0)
    both.ask("POST", f"/internal/nodes/{first}/take-back")
