"""A server with the owner's browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.app.browser import Browser
from tests.app.server import open_server


@pytest_asyncio.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with open_server(tmp_path) as server:
        made = Browser(server)
        await made.sign_in()
        yield made
