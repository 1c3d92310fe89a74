"""A registry behind the store of what is built: Debian's, with a password, and one that fails."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from blobserve.core.faults import Fault
from blobserve.core.names import Built
from blobserve.registry.backing import Backing
from blobserve.registry.passing import Passing
from kit.oci.core.documents import Descriptor
from kit.oci.core.references import Reference, parse
from kit.oci.core.secrets import Credentials
from kit.oci.layout import Layout
from kit.oci.registry import Registries, Rules
from tests.blobserve.facades import served
from tests.kit.oci.conftest import LOOPBACK
from tests.kit.oci.images import add_image
from tests.kit.oci.registryhost import RegistryHost, registry_host
from tests.kit.oci.test_debian_registry import PASSWORD, USER, docker_registry

KEY, OTHER = "a" * 64, "b" * 64


@pytest.fixture
async def registries() -> AsyncIterator[Registries]:
    made = Registries(Rules(LOOPBACK))
    yield made
    await made.close()


def built(layout: Layout, key: str = KEY) -> Descriptor:
    image = add_image(layout, {"etc/motd": b"hello"}, {"big": os.urandom(2_000_000)})
    layout.tag(f"built/{key}", image)
    return image


async def test_what_is_built_here_is_there_for_a_machine_without_it(
    tmp_path: Path, registries: Registries
) -> None:
    layout = Layout(tmp_path / "first")
    image = built(layout)
    layout.tag("docker.io/library/x:1", add_image(layout, {"x": b"not built here"}))
    async with docker_registry(tmp_path, closed=True) as host:
        below, secrets = parse(f"{host}/podium/images"), {host: Credentials(USER, PASSWORD)}
        await Backing(layout, below, registries, lambda: secrets).keep_once()
        empty = Layout(tmp_path / "home/images")
        behind = Backing(empty, below, registries, lambda: secrets)
        passing = Passing(registries, lambda: secrets)
        async with served(tmp_path, passing, behind) as there, aiohttp.ClientSession() as session:
            name = f"http://{there.own}/v2/built/{KEY}"
            async with session.head(f"{name}/manifests/latest") as answer:
                assert answer.headers["Docker-Content-Digest"] == image.digest
            for one in layout.image(image.digest).blobs:
                async with session.get(f"{name}/blobs/{one.digest}") as answer:
                    assert await answer.read() == layout.read(one.digest, 1 << 30)
            async with session.get(f"http://{there.own}/v2/built/{OTHER}/manifests/latest") as no:
                assert no.status == 404
            async with session.get(
                f"http://{there.strangers}/v2/built/{KEY}/manifests/latest"
            ) as no:
                assert no.status == 401
        assert list(empty.digests()) == [], "it is passed through, not copied"


@pytest.fixture
async def host() -> AsyncIterator[RegistryHost]:
    async with registry_host() as made:
        yield made


async def test_a_registry_that_fails_is_asked_again_and_one_that_has_it_is_not_sent_it(
    tmp_path: Path, registries: Registries, host: RegistryHost
) -> None:
    layout = Layout(tmp_path / "images")
    image = built(layout)
    layout.tag(f"built/{OTHER}", image)
    layer = layout.image(image.digest).layers[0]
    aside = layout.path(layer.digest).rename(tmp_path / "aside")
    below = Reference(host.host, "podium")
    backing = Backing(layout, below, registries, dict)
    await backing.keep_once()
    assert not [one for one in host.asked if one.startswith("PUT") and "/manifests/" in one]
    aside.rename(layout.path(layer.digest))
    await backing.keep_once()
    puts = [one for one in host.asked if one.startswith("PUT") and "/manifests/" in one]
    assert sorted(puts) == [f"PUT /v2/podium/{key}/manifests/latest" for key in (KEY, OTHER)]
    before = dict(host.asked)
    await backing.keep_once()
    assert host.asked == before, "nobody is asked again"
    await Backing(layout, below, registries, dict).keep_once()
    assert {one for one in host.asked if host.asked[one] != before.get(one, 0)} == {
        f"HEAD /v2/podium/{key}/manifests/latest" for key in (KEY, OTHER)
    }


async def test_what_is_here_is_read_here(
    tmp_path: Path, registries: Registries, host: RegistryHost
) -> None:
    layout = Layout(tmp_path / "images")
    image = built(layout)
    backing = Backing(layout, Reference(host.host, "podium"), registries, dict)
    passing = Passing(registries, dict)
    found = await backing.image(Built(KEY), passing).manifest("latest", "")
    assert (found.digest, host.asked) == (image.digest, {})
    with pytest.raises(Fault, match="There is no such image"):
        await backing.image(Built(OTHER), passing).manifest("latest", "")
