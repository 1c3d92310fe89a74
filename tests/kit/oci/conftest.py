"""A store, a registry on loopback, and clients that may ask it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.oci.asking import Patience
from kit.oci.core.reach import networks
from kit.oci.layout import Layout
from kit.oci.registry import Registries, Rules
from tests.kit.oci.registryhost import RegistryHost, registry_host

LOOPBACK = networks(["127.0.0.0/8"])
SHORT = Patience(connect=5, silence=0.3, slowest=100_000)
"""For what stalls; nothing else is fast enough for it on a busy machine."""
LONG = Patience(silence=60)


@pytest.fixture
async def host() -> AsyncIterator[RegistryHost]:
    async with registry_host() as made:
        yield made


@pytest.fixture
async def other() -> AsyncIterator[RegistryHost]:
    """Another one."""
    async with registry_host() as made:
        yield made


@pytest.fixture
async def registries() -> AsyncIterator[Registries]:
    made = Registries(Rules(LOOPBACK, patience=LONG))
    yield made
    await made.close()


@pytest.fixture
async def hasty() -> AsyncIterator[Registries]:
    """Clients that wait for nobody."""
    made = Registries(Rules(LOOPBACK, patience=SHORT))
    yield made
    await made.close()


@pytest.fixture
def source(tmp_path: Path) -> Layout:
    """Where images are made that a registry then serves."""
    return Layout(tmp_path / "source")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "images")
