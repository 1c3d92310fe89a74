"""What every contract is kept over: the adapter that ships for trials, and a real node."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.contract.nodes import World, open_world


@pytest_asyncio.fixture(
    params=["fake", pytest.param("node", marks=pytest.mark.root)],
    scope="module",
    loop_scope="module",
)
async def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    async with open_world(request.param, Path(tmp_path_factory.mktemp("node"))) as opened:
        yield opened
