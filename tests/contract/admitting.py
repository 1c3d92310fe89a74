"""The world of a cluster's node: pods over HTTP, and a real daemon that admits them, over TLS."""

import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.nodes.client import NodeClient
from app.runtime.kube import KubeApi
from app.runtime.pods import PodRuntime
from kit.linkcerts import LinkCerts
from tests import nodehost
from tests.authority import Authority
from tests.contract.cluster import CLUSTER, DEADLINE, client, no_papers
from tests.contract.nodes import NodeWorld, answer
from tests.kubeapi.kubelet import Kubelet, tending
from tests.kubeapi.server import NAMESPACE, serving
from tests.ports import free_port
from wire.ids import InstanceId
from wire.peers import DAEMON, SERVER, domain_of

NODE = "a"


class AdmittingWorld(NodeWorld):
    """Trees are the daemon's; that pods run is played, and so is the way to their ports."""

    def __init__(
        self, host: nodehost.NodeHost, linked: NodeClient, kubelet: Kubelet, api: KubeApi
    ) -> None:
        super().__init__(host, linked)
        self._kubelet = kubelet
        self.runtime = PodRuntime(api, self.node, NODE, CLUSTER, no_papers, 0.0)
        self.dial = Doors()

    def listen(self, instance: InstanceId) -> None:
        self.dial.listening.add((instance, 3000))

    def end(self, instance: InstanceId) -> None:
        self._kubelet.end(instance.workspace, 0)


class Doors:
    """The port `Dial` to programs that this process plays."""

    def __init__(self) -> None:
        self.listening: set[tuple[InstanceId, int]] = set()
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=answer, args=(self._server,), daemon=True).start()

    async def dial(self, instance: InstanceId, port: int) -> int:
        if (instance, port) not in self.listening:
            raise ConnectionRefusedError(port)
        made = socket.create_connection(self._server.getsockname())
        made.setblocking(False)
        return made.detach()

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


@asynccontextmanager
async def open_admitting(folder: Path) -> AsyncIterator[AdmittingWorld]:
    """Start a daemon as the chart does, and an API server with a node that takes its pods."""
    authority, port = Authority(), free_port()
    of = {
        name: authority.link(folder / name, f"podium://{name}", domain_of(name))
        for name in (SERVER, DAEMON)
    }
    host = nodehost.start_daemon(
        folder,
        PODIUM_CONTAINERS="pods",
        PODIUM_DAEMON_LISTEN=f"127.0.0.1:{port}",
        PODIUM_LINK_CERTS=str(of[DAEMON]),
        NODE_NAME=NODE,
    )
    linked = NodeClient(f"grpcs://127.0.0.1:{port}", LinkCerts(of[SERVER]), NODE)
    try:
        async with serving() as server, tending(server.objects) as kubelet:
            api = KubeApi(client(server), NAMESPACE, DEADLINE)
            world = AdmittingWorld(host, linked, kubelet, api)
            yield world
            world.dial.close()
            await api.close()
    finally:
        await linked.close()
        host.stop()
