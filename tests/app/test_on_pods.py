"""A whole server whose containers are pods: what the API does to it, from a start to its end."""

import json
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from app.images.tickets import Tickets
from app.runtime.pods import PodRuntime
from app.runtime.podspec import Papers
from tests.app.server import Server, open_server
from tests.app.workspaces.control import DEMO
from tests.app.workspaces.test_activity import told
from tests.contract.cluster import CLUSTER, ClusterWorld, open_cluster
from tests.waiting import until
from wire.ids import InstanceId
from wire.registry import decode_image, same_token

SOME = 300.0
"""Seconds for which an API is away: longer than a container may take, and an end."""


class OnPods:
    """The server, its cluster, and who works with both."""

    def __init__(self, server: Server, world: ClusterWorld) -> None:
        self.server, self.world = server, world
        self.objects, self.faults = world.server.objects, world.server.faults
        self.workspace = ""

    async def ask(self, method: str, path: str = "", **json: object) -> None:
        """Have something done with the workspace."""
        answer = await self.server.public.request(
            method,
            f"/api/v1/workspaces{path}",
            json=json or None,
            headers=self.server.bearer,
        )
        assert answer.is_success, answer.text
        self.workspace = self.workspace or answer.json()["id"]

    async def phase(self) -> str:
        answer = await self.server.public.get(
            f"/api/v1/workspaces/{self.workspace}", headers=self.server.bearer
        )
        return str(answer.json()["phase"])

    async def at(self, phase: str) -> None:
        async def there() -> bool:
            return await self.phase() == phase

        await until(there)

    async def runs(self, number: int) -> None:
        """Play the supervisor of a start whose pod runs."""
        instance = str(InstanceId(self.workspace, number))
        await until(lambda: self._running(number))
        assert await self.server.agents.connected(instance) is not None
        await self.server.agents.observed(instance, told())
        await self.at("running")

    def _running(self, number: int) -> bool:
        pods = self.objects.select("pods", f"podium.dev/number={number}")
        return [one["status"]["phase"] for one in pods] == ["Running"]

    def lose(self) -> None:
        """Let the API be away, watches and all."""
        self.faults.down = True
        self.world.server.cut()

    async def unheard(self) -> None:
        """Wait until the server knows that it hears nothing, and has had time to conclude."""
        loop = self.server.app.state.reconciler
        await until(lambda: not loop.reachable)
        self.server.clock.advance(SOME)
        loop.wake()
        await until(lambda before=loop.passes: loop.passes > before + 1)

    def empty(self) -> bool:
        left = [*self.objects.kept["pods"], *self.objects.kept["secrets"]]
        return not left and not self.world.daemon.containers


@pytest_asyncio.fixture
async def pods(tmp_path: Path) -> AsyncIterator[OnPods]:
    servers: list[Server] = []

    async def give(instance: InstanceId) -> Papers:
        images = servers[0].app.state.start_images
        return Papers(await images.pull(instance, CLUSTER.registry), "a certificate")

    async with open_cluster() as world:
        runtime = PodRuntime(world.api, world.daemon, "a", CLUSTER, give, 0.0)
        async with open_server(tmp_path, node=world.daemon, runtime=runtime) as server:
            servers.append(server)
            yield OnPods(server, world)


async def test_a_workspace_runs_stops_runs_again_and_leaves_nothing(pods: OnPods) -> None:
    await pods.ask("POST", url=DEMO.url)
    await pods.runs(1)
    [kept] = pods.objects.select("secrets", "")
    login = json.loads(b64decode(kept["data"][".dockerconfigjson"]))["auths"][CLUSTER.registry]
    token = b64decode(login["auth"]).decode().partition(":")[2]
    folder = Path(pods.server.settings.layout.registry_run)
    ticket = folder / f"instance/{pods.workspace}.1.json"
    image = decode_image(ticket.read_bytes())
    assert image is not None
    assert same_token(token, image.token), "its node pulls with what the facade knows"
    await pods.ask("POST", f"/{pods.workspace}/stop")
    await pods.at("stopped")
    assert pods.empty()
    await until(lambda: Tickets(folder).instances() == set())
    await pods.ask("POST", f"/{pods.workspace}/start")
    await pods.runs(2)
    await pods.ask("DELETE", f"/{pods.workspace}")
    await until(pods.empty)


async def test_a_start_waits_for_an_api_that_is_away(pods: OnPods) -> None:
    pods.lose()
    await pods.ask("POST", url=DEMO.url)
    await pods.at("pending")
    await pods.unheard()
    assert await pods.phase() == "pending"
    pods.world.kubelet.held = True
    pods.faults.down = False
    await until(lambda: pods.objects.kept["pods"])
    pods.lose()
    await pods.unheard()
    assert await pods.phase() == "creating", "nobody knows whether it runs"
    pods.world.kubelet.held = pods.faults.down = False
    await pods.runs(1)


async def test_what_runs_outlives_an_api_that_is_away_and_ends_when_it_is_back(
    pods: OnPods,
) -> None:
    await pods.ask("POST", url=DEMO.url)
    await pods.runs(1)
    pods.lose()
    await pods.unheard()
    assert await pods.phase() == "running"
    await pods.ask("POST", f"/{pods.workspace}/stop")
    await pods.unheard()
    assert await pods.phase() == "stopping", "nobody knows whether it has ended"
    pods.faults.down = False
    await pods.at("stopped")
    assert pods.empty()


@pytest.mark.parametrize("trouble", ["throttled", "failing", "twice", "forgotten"])
async def test_an_api_that_is_difficult_is_lived_with(pods: OnPods, trouble: str) -> None:
    match trouble:
        case "throttled":
            pods.faults.throttled = 20
        case "failing":
            pods.faults.failing = 2
        case "twice":
            pods.faults.twice = True
        case _:
            pods.objects.forget()
    await pods.ask("POST", url=DEMO.url)
    await pods.runs(1)
    if trouble == "forgotten":
        pods.faults.silent = True  # watches fall behind
        pods.objects.delete("pods", pods.workspace, {"gracePeriodSeconds": 0})
        pods.objects.forget()
        pods.faults.silent = False
    else:
        await pods.ask("POST", f"/{pods.workspace}/stop")
    await pods.at("stopped")
    assert pods.empty()
