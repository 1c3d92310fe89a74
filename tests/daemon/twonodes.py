"""The real server over two real daemons, which have one store of restore points."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import json

from tests import disks, nodehost
from tests.nodehost import NodeHost
from tests.waiting import accepts, until

FILE = Path("workspace", "demo", "file")
ARTEFACTS = {"image": nodehost.IMAGE, "supervisor": nodehost.BUNDLE, "vscode": nodehost.IDE}
ORIGIN = "http://podium.localhost:8080"


@dataclass
class Installation:
    """A server whose own node is `here`, with another one, `there`."""

    here: NodeHost
    there: NodeHost
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start the server, and wait until it serves."""
        layout = self.here.layout
        sockets = (str(layout.public_socket), str(layout.internal_socket))
        for path in sockets:
            Path(path).unlink(missing_ok=True)
        with (self.here.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app"], cwd=nodehost.CHECKOUT, env=self.environment,
                stdout=log, stderr=log,
            )  # fmt: skip
        until(lambda: all(accepts(path) for path in sockets))

    def kill(self) -> None:
        """kill -9 of the server."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End the server in order."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(30)
            self.process = None

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

    def runs_at(self, workspace: str, name: str) -> bool:
        """Tell whether its container runs, on that node."""
        one = self.see(workspace)["instance"]
        host = {"local": self.here, "b": self.there}[name]
        return bool(
            one
            and one["steps"][5]["state"] == "done"
            and self.node(name)["workspaces"]
            and processes_of(host)
        )

    def stopped(self, workspace: str) -> None:
        self.ask("POST", f"/api/v1/workspaces/{workspace}/stop")
        until(lambda: self.see(workspace)["phase"] == "stopped")
        until(lambda: (self.see(workspace)["backup"] or {}).get("safe"))


@contextmanager
def opened(folders: pytest.TempPathFactory) -> Iterator[Installation]:
    """Start everything, with a lease of ten seconds; at the end nothing of it is left."""
    here = nodehost.make_host(folders.mktemp("here"))
    shared = {"PODIUM_LOCAL_REPOSITORIES": str(here.repositories)}
    there = nodehost.make_host(folders.mktemp("there"), **shared)
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
    made = Installation(here, there, environment)
    try:
        made.start()
        until(lambda: made.node("b")["answers"] and made.node("local")["answers"])
        yield made
    finally:
        made.stop()
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
