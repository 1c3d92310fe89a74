"""Variables over a database of its own, with two people."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio

from app.accounts.access import Principal
from app.accounts.keys import Keys
from app.db.sessions import Database
from app.variables.service import Variables
from kit.clock import FakeClock
from tests.app.migrated import make_database
from tests.app.people import add_person


@dataclass
class Given:
    database: Database
    path: Path
    variables: Variables
    alice: Principal
    bob: Principal

    def with_keys(self, keys: Keys) -> Variables:
        """Variables as a server with another key ring has them."""
        return Variables(self.database, FakeClock(), keys.seal)


@pytest_asyncio.fixture
async def given(tmp_path: Path) -> AsyncIterator[Given]:
    path = tmp_path / "podium.db"
    database, keys = Database(make_database(path)), Keys(b"m" * 32)
    async with database.write() as session:
        alice, bob = [await add_person(session, name) for name in ("alice", "bob")]
    yield Given(database, path, Variables(database, FakeClock(), keys.seal), alice, bob)
    await database.close()
