"""The two worlds in which the contract of the runtime ports is tested."""

import signal
import socket
import subprocess
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from app.nodes.client import NodeClient
from app.nodes.holdings import HoldingsClient
from app.nodes.points import PointsClient
from app.nodes.snapshots import SnapshotsClient
from app.runtime.fake import FakeRuntime
from app.runtime.fakeholdings import FakeHoldings
from app.runtime.fakepoints import FakePoints
from app.runtime.fakesnapshots import FakeSnapshots
from app.runtime.holdings import Holdings
from app.runtime.node import NodeDial, NodeRuntime
from app.runtime.nodeholdings import NodeHoldings
from app.runtime.nodepoints import NodePoints
from app.runtime.nodesnapshots import NodeSnapshots
from app.runtime.points import Points
from app.runtime.port import Content, Dial, Initializer, Runtime, Spec
from app.runtime.snapshots import Snapshots
from tests import disks, nodehost
from wire.ids import InstanceId

DOCKERFILE = "FROM gitpod/workspace-base\n"
CONFIG = "image: gitpod/workspace-full\n"
"""The .gitpod.yml of the repository."""


class World(Protocol):
    """A runtime, and what a test needs beside it."""

    runtime: Runtime
    content: Content
    dial: Dial
    points: Points
    snapshots: Snapshots
    holdings: Holdings
    spec: Spec
    initializer: Initializer
    missing: Initializer
    """A repository that does not exist."""

    def listen(self, instance: InstanceId) -> None:
        """Make something listen on port 3000 of the instance (on a node it does already)."""
        ...

    def end(self, instance: InstanceId) -> None:
        """Let the first process of an image build end well (on a node it does by itself)."""
        ...

    def write(self, workspace: str, path: str, content: bytes) -> None:
        """Put a file into a tree, below its top."""
        ...

    def read(self, workspace: str, path: str) -> bytes | None:
        """Return a file of a tree; None when there is none."""
        ...

    def configure(self, config: str) -> None:
        """Commit another .gitpod.yml to the repository."""
        ...

    def hang(self) -> None:
        """Let the node answer nothing, without going away."""
        ...

    def mend(self) -> None:
        """Let it answer again."""
        ...


class FakeWorld:
    spec = Spec(image="i", supervisor="s", ide="d", workspace_class="standard", token="t" * 43)
    initializer = Initializer(
        url="https://h.org/a/demo", ref="", folder="demo", image="i", fresh=True
    )
    missing = Initializer(
        url="https://h.org/a/missing", ref="", folder="demo", image="i", fresh=True
    )

    def __init__(self) -> None:
        fake = FakeRuntime()
        fake.repositories.missing.add(self.missing.url)
        fake.repositories.configs[self.initializer.url] = CONFIG
        fake.repositories.files[self.initializer.url] = {"dev/Dockerfile": DOCKERFILE}
        self.runtime, self.content, self.dial = fake, fake, fake
        self.hang, self.mend = fake.hang, fake.mend
        self.points = FakePoints(fake)
        self.snapshots = FakeSnapshots(fake)
        self.holdings = FakeHoldings(fake, self.points, self.snapshots)
        self.configure = partial(fake.repositories.configs.__setitem__, self.initializer.url)
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=answer, args=(self._server,), daemon=True).start()

    def listen(self, instance: InstanceId) -> None:
        self.runtime.listening[instance, 3000] = self._server.getsockname()

    def end(self, instance: InstanceId) -> None:
        self.runtime.kill(instance, 0)

    def write(self, workspace: str, path: str, content: bytes) -> None:
        self.points.files.setdefault(workspace, {})[path.encode()] = content

    def read(self, workspace: str, path: str) -> bytes | None:
        return self.points.files[workspace].get(path.encode())

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


class NodeWorld:
    runtime: Runtime
    dial: Dial

    def __init__(self, host: nodehost.NodeHost, client: NodeClient) -> None:
        nodehost.make_repository(
            host, "demo", {".gitpod.yml": CONFIG, "dev/Dockerfile": DOCKERFILE}
        )
        self._host = host
        self.node = NodeRuntime(client)
        self.runtime = self.content = self.node
        self.points = NodePoints(PointsClient(client))
        self.snapshots = NodeSnapshots(SnapshotsClient(client))
        self.holdings = NodeHoldings(HoldingsClient(client))
        self.dial = NodeDial(host.dial_socket)
        self.spec = Spec(
            image=nodehost.IMAGE,
            supervisor=nodehost.BUNDLE,
            ide=nodehost.IDE,
            workspace_class="standard",
            token="t" * 43,
        )
        self.initializer = _local(host, "demo")
        self.missing = _local(host, "missing")

    def listen(self, instance: InstanceId) -> None:
        """Leave it to the container's first process."""

    def end(self, instance: InstanceId) -> None:
        """Leave it to the container's first process."""

    def write(self, workspace: str, path: str, content: bytes) -> None:
        with disks.shown(self._host.layout, workspace) as folder:
            (folder / path).write_bytes(content)

    def read(self, workspace: str, path: str) -> bytes | None:
        with disks.shown(self._host.layout, workspace) as folder:
            place = folder / path
            return place.read_bytes() if place.exists() else None

    def configure(self, config: str) -> None:
        repository = self._host.repositories / "demo"
        (repository / ".gitpod.yml").write_text(config)
        git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        subprocess.run([*git, "-C", str(repository), "commit", "-qam", "Configure"], check=True)

    def hang(self) -> None:
        assert self._host.process is not None
        self._host.process.send_signal(signal.SIGSTOP)

    def mend(self) -> None:
        assert self._host.process is not None
        self._host.process.send_signal(signal.SIGCONT)


def _local(host: nodehost.NodeHost, name: str) -> Initializer:
    url = host.file_url(name)
    return Initializer(url=url, ref="", folder="demo", image=nodehost.IMAGE, fresh=True)


def answer(server: socket.socket) -> None:
    """Answer each connection, until the socket is shut."""
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")


@asynccontextmanager
async def open_world(kind: str, tmp_path: Path) -> AsyncIterator[World]:
    if kind == "fake":
        fake = FakeWorld()
        yield fake
        fake.close()
        return
    host = nodehost.start_daemon(tmp_path)
    try:
        node = NodeWorld(host, NodeClient(str(host.layout.daemon_socket)))
        yield node
        await node.node.close()
    finally:
        host.stop()
