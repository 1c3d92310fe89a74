from app.accounts.trust import is_trusted, revoke, trust, trusted
from app.db.sessions import Database
from tests.app.people import add_person

URL = "https://h.org/ada/demo"


async def test_trust_is_one_persons_for_one_repository(database: Database) -> None:
    async with database.write() as session:
        await add_person(session, "alice")
        await add_person(session, "bob")
        assert not await is_trusted(session, "alice", URL)
        await trust(session, "alice", URL, 1.0)
        await trust(session, "alice", URL, 2.0)
    async with database.read() as session:
        assert await is_trusted(session, "alice", URL)
        assert not await is_trusted(session, "bob", URL)
        assert not await is_trusted(session, "alice", URL + "2")


async def test_trust_can_be_taken_back(database: Database) -> None:
    async with database.write() as session:
        await add_person(session, "alice")
        await trust(session, "alice", URL, 1.0)
        await revoke(session, "alice", URL)
        await revoke(session, "alice", URL)
        assert not await is_trusted(session, "alice", URL)


async def test_what_is_trusted_is_listed_newest_first(database: Database) -> None:
    async with database.write() as session:
        await add_person(session, "alice")
        await trust(session, "alice", "a", 1.0)
        await trust(session, "alice", "b", 2.0)
        assert await trusted(session, "alice") == [("b", 2.0), ("a", 1.0)]
        assert await trusted(session, "bob") == []
