"""From a registry to a file: pulled once, expanded once, whoever asks and however many."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from blobserve.core.catalogue import EVERYTHING
from blobserve.core.replies import Asked
from blobserve.storefiles import Rooms, StoreFiles
from kit.oci.core.collecting import Keeping
from kit.oci.core.reach import networks
from kit.oci.core.secrets import Credentials
from kit.oci.layout import Layout
from kit.oci.registry import Registries, Rules
from tests.blobserve.store.layered import add_packed
from tests.kit.oci.registryhost import PASSWORD, USER, RegistryHost, registry_host
from tests.waiting import until


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[RegistryHost]:
    async with registry_host() as made:
        source = Layout(tmp_path / "source")
        made.add(source, add_packed(source, {"a": b"1"}, {"b": b"2"}, packing="zstd"))
        yield made


@pytest.fixture
async def served(tmp_path: Path, host: RegistryHost) -> AsyncIterator[StoreFiles]:
    registries = Registries(Rules(networks(["127.0.0.0/8"])))
    rooms = Rooms(tmp_path / "images", tmp_path / "cache", 1 << 20, Keeping())
    secrets = {host.host: Credentials(USER, PASSWORD)}
    made = StoreFiles(rooms, EVERYTHING, registries, lambda: secrets)
    yield made
    await made.close()
    await registries.close()


async def test_a_thousand_cold_requests_pull_it_once(
    host: RegistryHost, served: StoreFiles
) -> None:
    host.door = "bearer-password"
    served.begin()
    asked = Asked("GET")
    wanted = ["a", "b"] * 500
    found = await asyncio.gather(
        *(served.files.reply(asked, host.reference(), path) for path in wanted)
    )
    assert {one.status for one in found} == {200}
    blobs = {path: count for path, count in host.asked.items() if "/blobs/" in path}
    assert set(blobs.values()) == {1}
    assert host.asked["GET /v2/a/b/manifests/1"] == 2, "the second with the token"
    assert served.expander.count == 2


async def test_what_nobody_names_leaves_the_store(tmp_path: Path, served: StoreFiles) -> None:
    layout = Layout(tmp_path / "images")
    gone = layout.put_bytes(b"gone", "x").digest
    os.utime(layout.path(gone), (1, 1))
    served.begin()
    await until(lambda: not layout.has(gone))
