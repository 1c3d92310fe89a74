"""What every contract is kept over: the adapter that ships for trials, and a real node."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.contract.admitting import open_admitting
from tests.contract.nodes import World, open_world

BOTH = ["fake", pytest.param("node", marks=pytest.mark.root)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test the worlds that its module names, else the fake one and a real node."""
    if "world" in metafunc.fixturenames:
        worlds = getattr(metafunc.module, "WORLDS", BOTH)
        metafunc.parametrize("world", worlds, indirect=True, scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    folder = Path(tmp_path_factory.mktemp("node"))
    cluster = request.param == "cluster"
    async with open_admitting(folder) if cluster else open_world(request.param, folder) as opened:
        yield opened
