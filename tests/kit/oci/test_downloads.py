from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from kit.oci.core.documents import Descriptor
from kit.oci.downloads import Downloads, Limits
from kit.oci.layout import Layout
from kit.oci.registry import Registries
from tests.kit.oci.images import HELLO, add_image
from tests.kit.oci.registryhost import RegistryHost, part

LARGE = {"large": bytes(range(256)) * 20_000}


@pytest.fixture
async def downloads(layout: Layout, registries: Registries) -> AsyncIterator[Downloads]:
    made = Downloads(layout, registries, Limits(reserve=0, pause=0.001))
    yield made
    await made.close()


@pytest.fixture
def image(host: RegistryHost, source: Layout) -> Descriptor:
    made = add_image(source, HELLO, LARGE)
    host.add(source, made)
    return made


async def test_a_layer_that_breaks_off_is_gone_on_from(
    host: RegistryHost, downloads: Downloads, layout: Layout, source: Layout, image: Descriptor
) -> None:
    largest = max(source.image(image.digest).layers, key=lambda one: one.size)
    starts: list[str] = []

    async def lie(request: web.Request) -> web.StreamResponse | None:
        if not request.path.endswith(largest.digest):
            return None
        starts.append(request.headers.get("Range", ""))
        whole = part(request, host.blobs[largest.digest])
        assert isinstance(whole.body, bytes)
        if len(starts) > 3:
            return whole
        response = web.StreamResponse(status=whole.status, headers=whole.headers)
        response.content_length = len(whole.body)
        await response.prepare(request)
        await response.write(whole.body[:5000])
        assert request.transport is not None
        request.transport.close()
        return response

    host.lie = lie
    await downloads.get(host.reference(), largest, {})
    assert starts == ["", "bytes=5000-", "bytes=10000-", "bytes=15000-"]
    assert layout.read(largest.digest, 1 << 30) == host.blobs[largest.digest]


async def test_what_another_registry_began_wrongly_is_begun_anew(
    host: RegistryHost, downloads: Downloads, layout: Layout, source: Layout, image: Descriptor
) -> None:
    largest = max(source.image(image.digest).layers, key=lambda one: one.size)
    layout.make()
    (layout.folder / f"ingest/{largest.digest[7:]}.part").write_bytes(b"x" * 1000)
    await downloads.get(host.reference(), largest, {})
    assert layout.read(largest.digest, 1 << 30) == host.blobs[largest.digest]
