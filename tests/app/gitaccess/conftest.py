"""Git access over a database of its own, with two people."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio

from app.accounts.access import Principal
from app.accounts.keys import Keys
from app.db.sessions import Database
from app.gitaccess.handing import Handing
from app.gitaccess.service import GitAccess
from kit.clock import FakeClock
from tests.app.migrated import make_database
from tests.app.people import add_person

PROTOCOLS = frozenset({"https", "ssh"})


@dataclass
class Given:
    database: Database
    path: Path
    clock: FakeClock
    access: GitAccess
    handing: Handing
    alice: Principal
    bob: Principal

    def with_keys(self, keys: Keys) -> Handing:
        """Hand out as a server with another key ring would."""
        return Handing(self.database, self.clock, keys.seal, PROTOCOLS)


@pytest_asyncio.fixture
async def given(tmp_path: Path) -> AsyncIterator[Given]:
    path = tmp_path / "podium.db"
    database, clock, keys = Database(make_database(path)), FakeClock(), Keys(b"m" * 32)
    async with database.write() as session:
        alice, bob = [await add_person(session, name) for name in ("alice", "bob")]
    access = GitAccess(database, clock, keys.seal)
    handing = Handing(database, clock, keys.seal, PROTOCOLS)
    yield Given(database, path, clock, access, handing, alice, bob)
    await database.close()
