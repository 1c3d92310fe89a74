"""The contract of whatever keeps images: a layout, a registry of tests, and Debian's."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kit.oci.core import media
from kit.oci.core.documents import Descriptor, Index, Platform, encode
from kit.oci.core.failures import NotFound
from kit.oci.core.references import Reference, parse
from kit.oci.layout import Layout, Missing
from kit.oci.registry import Registries
from kit.oci.stores import InRegistry, OnDisk, Store
from tests.kit.oci.images import HELLO, add_image
from tests.kit.oci.registryhost import registry_host
from tests.kit.oci.test_debian_registry import docker_registry


@dataclass
class Kept:
    """A store, and the host that its names have."""

    store: Store
    host: str

    def name(self, rest: str = "a/b:1") -> Reference:
        return parse(f"{self.host}/{rest}")


@pytest.fixture(params=["layout", "registry", "docker-registry"])
async def kept(
    request: pytest.FixtureRequest, tmp_path: Path, registries: Registries
) -> AsyncIterator[Kept]:
    if request.param == "layout":
        yield Kept(OnDisk(Layout(tmp_path / "store")), "reg.io")
    elif request.param == "registry":
        async with registry_host() as host:
            yield Kept(InRegistry(registries), host.host)
    else:
        async with docker_registry(tmp_path, closed=False) as named:
            yield Kept(InRegistry(registries), named)


async def test_an_image_comes_back_whole(kept: Kept, source: Layout, layout: Layout) -> None:
    image = add_image(source, HELLO, {"large": bytes(range(256)) * 5000})
    await kept.store.put(source, image, kept.name())
    assert await kept.store.find(kept.name()) == image.digest
    assert await kept.store.get(kept.name(), layout) == image.digest
    assert layout.blobs_of(image.digest) == source.blobs_of(image.digest)
    found = layout.resolve(kept.name().key)
    assert found is not None
    assert found.digest == image.digest


async def test_a_name_moves(kept: Kept, source: Layout) -> None:
    first, second = add_image(source, HELLO), add_image(source, {"other": b"x"})
    for image in (first, second, second):
        await kept.store.put(source, image, kept.name())
        assert await kept.store.find(kept.name()) == image.digest


async def test_an_index_with_its_platforms(kept: Kept, source: Layout, layout: Layout) -> None:
    image = add_image(source, HELLO)
    here = Platform("amd64", "linux")
    one = Descriptor(image.media_type, image.digest, image.size, platform=here)
    index = source.put_bytes(encode(Index(2, [one], media.OCI_INDEX)), media.OCI_INDEX)
    await kept.store.put(source, index, kept.name())
    assert await kept.store.get(kept.name(), layout) == index.digest
    assert layout.blobs_of(index.digest) == source.blobs_of(index.digest)


async def test_what_is_not_there(kept: Kept, layout: Layout) -> None:
    assert await kept.store.find(kept.name()) is None
    with pytest.raises(NotFound):
        await kept.store.get(kept.name(), layout)


async def test_half_an_image_is_not_kept(kept: Kept, source: Layout) -> None:
    image = add_image(source, HELLO)
    source.path(source.image(image.digest).layers[0].digest).unlink()
    with pytest.raises(Missing):
        await kept.store.put(source, image, kept.name())
    assert await kept.store.find(kept.name()) is None
