"""A real supervisor at an address, as in a pod, and a whole proxy before it."""

import asyncio
import ssl
import tempfile
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.proxy.net.standins import App
from tests.proxy.net.whole import SELF_FETCH, Whole, echoed
from tests.proxy.world import PROOF_KEY, WORKSPACE, make_route
from tests.supervisor.pod import Cluster
from tests.supervisor.samples import wish
from tests.waiting import until
from wire.door import password
from wire.routes import NodeTarget, Put

INSTANCE = f"{WORKSPACE}.1"
OTHER = b64encode(b"o" * 32).decode()


class Heard(App):
    """A server inside, on loopback alone, that counts what it was asked."""

    asked = 0

    async def _echo(self, request):
        self.asked += 1
        return await super()._echo(request)


@pytest.fixture
async def cluster() -> AsyncIterator[Cluster]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        made = Cluster(Path(folder))
        await made.start()
        yield made
        await made.stop()


@pytest.fixture
async def inside() -> AsyncIterator[tuple[Heard, int]]:
    made, port = await Heard.on_tcp()
    yield made, port
    await made.close()


@pytest.fixture
async def pod(whole: Whole, cluster: Cluster) -> Cluster:
    """The instance's pod, which the proxy knows by its address."""
    await cluster.run(wish(instance=INSTANCE, key=PROOF_KEY, ide="", repository=""))
    target = NodeTarget(instance=INSTANCE, at=cluster.at, key=PROOF_KEY)
    await whole.internal.tell(Put(epoch="e1", seq=2, route=make_route(version=6, target=target)))
    return cluster


def host_of(port: int) -> str:
    return f"{port}-{WORKSPACE}.ws.localhost:8080"


async def test_a_port_of_loopback_is_reached_by_its_url(whole, pod, inside) -> None:
    heard, port = inside
    headers = {**SELF_FETCH, **whole.ports()}

    async def reached() -> bool:  # once the proxy has heard of the pod
        async with whole.get("/there?a=1", host_of(port), headers) as answer:
            return answer.status == 200 and (await answer.json())["path"] == "/there?a=1"

    await until(reached)
    large = f"/big?n={5_000_000}"
    async with whole.get(large, host_of(port), headers) as answer:
        assert len(await answer.read()) == 5_000_000
    async with whole.socket(host_of(port), whole.ports()) as live:
        assert await echoed(live, "hello")
        assert await echoed(live, bytes(3_000_000))
    assert heard.asked
    assert (INSTANCE, port) not in whole.node.asked, "no daemon is asked for a pod"


async def test_another_pod_at_the_same_address_hears_nothing(whole, pod, inside) -> None:
    heard, port = inside
    headers = {**SELF_FETCH, **whole.ports()}

    async def status() -> int:
        async with whole.get("/secret", host_of(port), headers) as answer:
            text = await answer.text()
            assert "secret" not in text or answer.status == 200
            return answer.status

    async def reached() -> bool:
        return await status() == 200

    await until(reached)
    await pod.end()
    before = heard.asked
    await pod.run(wish(instance="another-one-0123456789.1", key=OTHER, ide="", repository=""))
    assert await status() == 503
    assert heard.asked == before


async def test_without_the_password_nobody_gets_anything(pod, inside) -> None:
    heard, port = inside
    for secret in ("", password(OTHER), PROOF_KEY):
        reader, writer = await asyncio.open_connection(
            *pod.at.split(":"), ssl=_anyone(), server_hostname=""
        )
        writer.write(f"CONNECT {port} {secret}\nGET / HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.transport.abort()
    assert not heard.asked


def _anyone() -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    return made
