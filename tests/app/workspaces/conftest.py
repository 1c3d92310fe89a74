"""A control plane for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.app.workspaces.control import Control, open_control


@pytest_asyncio.fixture
async def control(tmp_path: Path) -> AsyncIterator[Control]:
    async with open_control(tmp_path) as opened:
        yield opened
