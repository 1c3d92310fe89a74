import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from kit.oci.core import media
from kit.oci.core.documents import Descriptor, Index, Manifest, Platform, encode
from kit.oci.core.failures import Failure, NotFound, Unauthorized, Unavailable
from kit.oci.core.platforms import of_machine
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import Credentials
from kit.oci.downloads import Limits
from kit.oci.layout import Layout
from kit.oci.pull import Pulls, stored
from kit.oci.registry import Registries
from tests.kit.oci.images import HELLO, add_image
from tests.kit.oci.registryhost import PASSWORD, USER, RegistryHost
from tests.waiting import until

LARGE = {"large": bytes(range(256)) * 20_000}
QUICK = Limits(reserve=0, pause=0.001)
Write = Callable[[web.StreamResponse, bytes], Awaitable[None]]


@pytest.fixture
async def pulls(layout: Layout, registries: Registries) -> AsyncIterator[Pulls]:
    made = Pulls(layout, registries, QUICK)
    yield made
    await made.close()


@pytest.fixture
def image(host: RegistryHost, source: Layout) -> Descriptor:
    made = add_image(source, HELLO, LARGE)
    host.add(source, made)
    return made


def times(host: RegistryHost, kind: str) -> list[int]:
    return [count for path, count in host.asked.items() if f"/{kind}/" in path]


async def test_an_image_is_there_under_its_name(
    host: RegistryHost, pulls: Pulls, layout: Layout, image: Descriptor
) -> None:
    found = await pulls.pull(host.reference())
    assert found.image.digest == found.named.digest == image.digest
    there = stored(layout, host.reference())
    assert there is not None
    assert (there.image.digest, there.named.digest) == (image.digest, image.digest)
    assert layout.config(layout.image(image.digest)).architecture == "amd64"
    assert stored(layout, host.reference("a/b:2")) is None


async def test_a_thousand_at_once_load_it_once(
    host: RegistryHost, pulls: Pulls, image: Descriptor
) -> None:
    found = await asyncio.gather(*(pulls.pull(host.reference()) for _ in range(1000)))
    assert {one.image.digest for one in found} == {image.digest}
    assert times(host, "blobs") == [1, 1, 1]
    assert times(host, "manifests") == [1]


async def test_what_two_images_share_is_loaded_once(
    host: RegistryHost, pulls: Pulls, source: Layout, image: Descriptor
) -> None:
    host.add(source, add_image(source, LARGE), "c/d", "2")
    await asyncio.gather(pulls.pull(host.reference()), pulls.pull(host.reference("c/d:2")))
    shared = source.image(image.digest).layers[1].digest
    assert sum(count for path, count in host.asked.items() if path.endswith(shared)) == 1
    await pulls.pull(host.reference("a/b:1").at(image.digest))
    assert max(times(host, "blobs")) == 1, "what is there is not loaded again"


async def test_the_platform_of_an_index(
    host: RegistryHost, pulls: Pulls, source: Layout, layout: Layout, image: Descriptor
) -> None:
    one = Descriptor(
        image.media_type, image.digest, image.size, platform=Platform("amd64", "linux")
    )
    index = source.put_bytes(encode(Index(2, [one], media.OCI_INDEX)), media.OCI_INDEX)
    host.add(source, index, tag="multi")
    found = await pulls.pull(host.reference("a/b:multi"))
    assert (found.named.digest, found.image.digest) == (index.digest, image.digest)
    assert stored(layout, host.reference("a/b:multi")) is not None
    with pytest.raises(Refused, match="linux-arm64"):
        await pulls.pull(host.reference("a/b:multi"), platform=of_machine("aarch64"))


async def test_it_tells_how_far_it_is(host: RegistryHost, pulls: Pulls, image: Descriptor) -> None:
    go = asyncio.Event()

    async def lie(request: web.Request) -> web.StreamResponse | None:
        content = host.blobs.get(request.path.rpartition("/")[2], b"")
        if len(content) < 1000:
            return None
        response = web.StreamResponse(headers={"Content-Length": str(len(content))})
        await response.prepare(request)
        await go.wait()
        await response.write(content)
        return response

    host.lie = lie
    reference = host.reference()
    assert pulls.progress(reference) is None
    waiting = asyncio.get_running_loop().create_task(pulls.pull(reference))

    def small_ones_are_there() -> bool:
        found = pulls.progress(reference)
        return found is not None and 0 < found.done < found.total

    await until(small_ones_are_there)
    go.set()
    await waiting
    assert pulls.progress(reference) is None


async def test_wrong_bytes_are_refused_and_nothing_is_seen(
    host: RegistryHost, pulls: Pulls, layout: Layout, image: Descriptor
) -> None:
    largest = max(host.blobs, key=lambda one: len(host.blobs[one]))
    right = host.blobs[largest]
    host.blobs[largest] = right[:-1] + b"x"
    with pytest.raises(Refused, match="what came are"):
        await pulls.pull(host.reference())
    assert layout.names() == {}
    assert not layout.has(largest)
    host.blobs[largest] = right
    await pulls.pull(host.reference())


async def test_a_registry_that_stalls_is_given_up(
    host: RegistryHost, pulls: Pulls, hasty: Registries, layout: Layout, image: Descriptor
) -> None:
    ended = asyncio.Event()

    async def lie(request: web.Request) -> web.StreamResponse | None:
        if "/blobs/" not in request.path:
            return None
        await ended.wait()
        return web.Response()

    host.lie = lie
    with pytest.raises(Unavailable, match="says nothing"):
        await Pulls(layout, hasty, QUICK).pull(host.reference())
    ended.set()
    host.lie = None
    await pulls.pull(host.reference())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda one: Descriptor(one.media_type, one.digest, one.size + 1), "instead of"),
        (lambda one: Descriptor("application/x", one.digest, one.size), "no layer"),
        (lambda one: Descriptor(one.media_type, one.digest, 1 << 39), "are taken"),
    ],
)
async def test_manifests_that_lie_about_their_parts(
    host: RegistryHost,
    pulls: Pulls,
    layout: Layout,
    image: Descriptor,
    change: Callable[[Descriptor], Descriptor],
    why: str,
    source: Layout,
) -> None:
    manifest = source.image(image.digest)
    lying = Manifest(2, manifest.config, [change(one) for one in manifest.layers])
    host.manifests["a/b:1"] = media.OCI_MANIFEST, encode(lying)
    with pytest.raises((Refused, Failure), match=why):
        await pulls.pull(host.reference())
    assert layout.names() == {}


async def test_an_image_in_the_store_gives_nobody_the_right_to_it(
    host: RegistryHost, pulls: Pulls, image: Descriptor
) -> None:
    host.door = "bearer-password"
    await pulls.pull(host.reference(), {host.host: Credentials(USER, PASSWORD)})
    with pytest.raises(Unauthorized):
        await pulls.pull(host.reference())


async def test_what_anothers_registry_cannot_give_ours_may(
    host: RegistryHost, other: RegistryHost, pulls: Pulls, source: Layout, image: Descriptor
) -> None:
    other.add(source, image)
    begun, go = asyncio.Event(), asyncio.Event()

    async def lie(request: web.Request) -> web.StreamResponse | None:
        if "/blobs/" not in request.path:
            return None
        begun.set()
        await go.wait()
        return web.Response(status=404)

    other.lie = lie
    loop = asyncio.get_running_loop()
    theirs = loop.create_task(pulls.pull(other.reference()))
    await begun.wait()
    ours = loop.create_task(pulls.pull(host.reference()))
    await until(lambda: host.asked["GET /v2/a/b/manifests/1"])
    go.set()
    with pytest.raises(NotFound):
        await theirs
    assert (await ours).image.digest == image.digest


async def test_whoever_gives_up_leaves_what_came(
    host: RegistryHost, pulls: Pulls, layout: Layout, image: Descriptor
) -> None:
    held = asyncio.Event()

    async def lie(request: web.Request) -> web.StreamResponse | None:
        content = host.blobs.get(request.path.rpartition("/")[2], b"")
        if len(content) < 1000 or "Range" in request.headers:
            return None
        response = web.StreamResponse(headers={"Content-Length": str(len(content))})
        await response.prepare(request)
        await response.write(content[: len(content) // 2])
        held.set()
        await asyncio.Event().wait()
        return response

    host.lie = lie
    waiting = asyncio.get_running_loop().create_task(pulls.pull(host.reference()))
    await held.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await until(
        lambda: not (layout.folder / "ingest").exists() or stored(layout, host.reference()) is None
    )
    host.lie = None
    await pulls.pull(host.reference())


async def test_a_full_disk_is_told(
    host: RegistryHost, registries: Registries, layout: Layout, image: Descriptor
) -> None:
    pulls = Pulls(layout, registries, Limits(reserve=shutil.disk_usage("/").total * 2))
    with pytest.raises(Failure, match=r"needs .* bytes on the disk; 0 are left"):
        await pulls.pull(host.reference())
