"""The facade over its socket: checked documents, layers in pieces, refusals in its own words."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemon.host import registry
from daemon.host.registry import Facade, Unavailable
from kit.oci.core.media import OCI_LAYER_GZIP
from kit.oci.core.refusals import Refused
from kit.oci.layout import Layout
from tests.blobserve.serving import serving
from tests.daemon.layers import NAME, Member, Registry
from tests.kit.oci.images import add_image

KEY = "a" * 64


@pytest.fixture
async def facade(tmp_path) -> AsyncIterator[Facade]:
    made = Facade(str(tmp_path / "sock"))
    yield made
    await made.close()


async def test_documents_and_layers(tmp_path, facade):
    served = Registry()
    image = served.image([Member("f", b"x" * 1_000_000)])
    async with served.serving(tmp_path / "sock"):
        assert await facade.document(NAME, "manifests", image) == served.blobs[image]
        layer = max(served.blobs, key=lambda one: len(served.blobs[one]))
        parts = [part async for part in facade.blob(NAME, layer)]
    assert b"".join(parts) == served.blobs[layer]
    assert served.named == ["", ""]


async def test_the_facade_is_told_for_whom_it_asks(tmp_path, facade):
    served = Registry()
    image = served.image([])
    async with served.serving(tmp_path / "sock"):
        await facade.of("amber-otter-4k2hw9xz1q.1").document(NAME, "manifests", image)
        await facade.document(NAME, "manifests", image)
    assert served.named == ["amber-otter-4k2hw9xz1q.1", ""]


@pytest.mark.parametrize("knows_parts", [True, False])
async def test_a_layer_from_a_place_on(tmp_path, facade, knows_parts):
    served = Registry()
    served.image([Member("f", bytes(1_000_000))])
    layer = next(one for one in served.types if served.types[one] == OCI_LAYER_GZIP)
    if not knows_parts:
        served.types[layer] = "application/octet-stream"
    content = served.blobs[layer]
    async with served.serving(tmp_path / "sock"):
        parts = [part async for part in facade.blob(NAME, layer, 500, len(content))]
        assert b"".join(parts) == content[500:]
        if knows_parts:
            with pytest.raises(Refused, match="asked for bytes 500"):
                [part async for part in facade.blob(NAME, layer, 500, len(content) + 1)]


async def test_the_facade_itself_gives_a_layer_from_a_place_on(tmp_path):
    async with serving(tmp_path) as blobserve:
        layout = Layout(Path(blobserve.layout.image_store))
        image = add_image(layout, {"f": bytes(3_000_000)})
        layout.tag(f"built/{KEY}", image)
        layer = layout.image(image.digest).layers[0]
        content = layout.read(layer.digest, 1 << 30)
        facade = Facade(str(blobserve.layout.registry_socket))
        name = f"built/{KEY}"
        assert await facade.document(name, "manifests", image.digest) == layout.read(image.digest)
        for start in (0, 1, len(content) - 1):
            parts = [one async for one in facade.blob(name, layer.digest, start, layer.size)]
            assert b"".join(parts) == content[start:]
        await facade.close()


async def test_a_document_that_is_another_is_refused(tmp_path, facade):
    served = Registry()
    image = served.image([])
    served.lies[image] = b"{}"
    async with served.serving(tmp_path / "sock"):
        with pytest.raises(Refused, match="what came for"):
            await facade.document(NAME, "manifests", image)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "image_denied"),
        (403, "image_denied"),
        (404, "image_unknown"),
        (502, "image_unreachable"),
        (302, "image_unreachable"),
    ],
)
async def test_refusals_are_told_in_the_facades_words(tmp_path, facade, status, code):
    served = Registry(failure=(status, "because of the weather"))
    async with served.serving(tmp_path / "sock"):
        with pytest.raises(Unavailable, match="because of the weather") as refused:
            await facade.document(NAME, "manifests", f"sha256:{'0' * 64}")
    assert refused.value.code == code


async def test_a_facade_that_is_not_there_is_waited_for_a_while(tmp_path, facade, monkeypatch):
    monkeypatch.setattr(registry, "_PAUSE", 0.001)
    with pytest.raises(Unavailable, match="no registry") as refused:
        await facade.document(NAME, "manifests", f"sha256:{'0' * 64}")
    assert refused.value.code == "image_unreachable"
