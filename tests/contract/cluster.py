"""The world of a cluster: pods over HTTP, and a fake daemon that has the trees."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kubernetes_asyncio.client.api_client import ApiClient
from kubernetes_asyncio.client.configuration import Configuration

from app.runtime.kube import KubeApi
from app.runtime.pods import PodRuntime
from app.runtime.podspec import Cluster, Papers, Share
from tests.contract.nodes import FakeWorld
from tests.kubeapi.kubelet import Kubelet, tending
from tests.kubeapi.server import NAMESPACE, TOKEN, ApiServer, serving
from wire.ids import InstanceId

CLUSTER = Cluster(
    installation="demo",
    registry="reg.example.org",
    content="/var/lib/podium/content",
    agent="https://podium-server.podium.svc:8002",
    classes={"standard": Share(cpu="500m", memory="1Gi", most_cpu="2", most_memory="4Gi")},
)
DEADLINE = 10.0
"""Seconds for a call: as long as where it counts."""


class ClusterWorld(FakeWorld):
    """Trees, restore points and the rest are the fake's, whose containers stand for admissions."""

    def __init__(self, server: ApiServer, kubelet: Kubelet, api: KubeApi) -> None:
        super().__init__()
        self.server, self.kubelet, self.api, self.daemon = server, kubelet, api, self.runtime
        self.later = 0.0
        """Seconds by which it is later than it is."""
        self.runtime = PodRuntime(
            api, self.daemon, "a", CLUSTER, no_papers, 0.0, lambda: time.time() + self.later
        )
        self.hang, self.mend = self._hang, self._mend

    def listen(self, instance: InstanceId) -> None:
        self.daemon.listening[instance, 3000] = self._server.getsockname()

    def end(self, instance: InstanceId) -> None:
        self.kubelet.end(instance.workspace, 0)

    def _hang(self) -> None:
        self.server.faults.silent = True

    def _mend(self) -> None:
        self.server.faults.silent = False


async def no_papers(instance: InstanceId) -> Papers:
    return Papers('{"auths":{}}', "")


def client(server: ApiServer) -> ApiClient:
    settings = Configuration(host=server.url)
    settings.api_key = {"BearerToken": f"Bearer {TOKEN}"}
    return ApiClient(settings)


@asynccontextmanager
async def open_cluster(deadline: float = DEADLINE) -> AsyncIterator[ClusterWorld]:
    async with serving() as server, tending(server.objects) as kubelet:
        api = KubeApi(client(server), NAMESPACE, deadline)
        world = ClusterWorld(server, kubelet, api)
        try:
            yield world
        finally:
            world.close()
            await api.close()
