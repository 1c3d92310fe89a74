"""A migrated PostgreSQL for the tests of this folder."""

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from app.db.migrate import upgrade_server
from app.db.sessions import Database
from tests import postgres

_NUMBERS = count()


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    with postgres.serving() as folder:
        yield folder


@pytest_asyncio.fixture
async def url(server: Path) -> str:
    """Return the URL of a database that is as the newest version makes it."""
    name = f"leading_{next(_NUMBERS)}"
    postgres.execute(server, f"CREATE DATABASE {name}")
    url = postgres.url(server, name)
    await upgrade_server(url)
    return url


@pytest_asyncio.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database(url)
    yield opened
    await opened.close()
