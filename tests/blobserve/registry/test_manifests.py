"""What a name stands for after manifests were pushed; which are refused is in test_uploads.py."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from blobserve.core.faults import Fault
from blobserve.registry.manifests import take_manifest
from kit.oci.core.media import OCI_MANIFEST
from kit.oci.layout import Layout
from tests.kit.oci.images import add_image

KEY = "a" * 64


@dataclass
class Taking:
    """A server that takes manifests of parts that were `pushed`."""

    store: Layout
    pushed: dict[str, int]
    address: str

    async def put(self, digest: str, reference: str = "latest", kind: str = OCI_MANIFEST) -> str:
        async with aiohttp.ClientSession() as session:
            body = self.store.read(digest)
            said = {"Content-Type": kind}
            url = f"http://{self.address}/{reference}"
            async with session.put(url, data=body, headers=said) as reply:
                return await reply.text()


@pytest.fixture
async def taking(tmp_path: Path) -> AsyncIterator[Taking]:
    made = Taking(Layout(tmp_path), {}, "")

    async def handle(request: web.BaseRequest) -> web.Response:
        reference = request.path.removeprefix("/")
        try:
            told = await take_manifest(request, made.store, KEY, reference, made.pushed)
        except Fault as fault:
            return web.Response(text=fault.code)
        return web.Response(text=told)

    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.address = "{}:{}".format(*runner.addresses[0][:2])
    yield made
    await runner.cleanup()


async def test_the_last_one_counts(taking: Taking) -> None:
    store = taking.store
    first, second = add_image(store, {"a": b"1"}), add_image(store, {"a": b"2"})
    for image in (first, second):
        taking.pushed |= {one.digest: one.size for one in store.image(image.digest).blobs}
    for image in (first, second):
        assert await taking.put(image.digest) == image.digest
        found = store.resolve(f"built/{KEY}")
        assert found is not None
        assert (found.digest, found.size, found.media_type) == (
            image.digest,
            image.size,
            OCI_MANIFEST,
        )
    assert await taking.put(first.digest, first.digest) == first.digest


async def test_every_part_must_have_been_pushed_by_this_build(taking: Taking) -> None:
    image = add_image(taking.store, {"a": b"1"})
    manifest = taking.store.image(image.digest)
    taking.pushed |= {manifest.config.digest: manifest.config.size}
    assert await taking.put(image.digest) == "MANIFEST_BLOB_UNKNOWN"
    layer = manifest.layers[0]
    taking.pushed[layer.digest] = layer.size + 1
    assert await taking.put(image.digest) == "MANIFEST_INVALID"
    taking.pushed[layer.digest] = layer.size
    assert await taking.put(image.digest) == image.digest
