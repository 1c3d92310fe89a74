"""A server, a browser at its door, and a database for what needs no server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from app.db.sessions import Database
from tests.app.browser import Browser
from tests.app.migrated import make_database
from tests.app.server import Server, open_server


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with open_server(tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture
async def browser(server: Server) -> Browser:
    return Browser(server)


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    path = tmp_path / "accounts.db"
    made = Database(make_database(path))
    try:
        yield made
    finally:
        await made.close()
