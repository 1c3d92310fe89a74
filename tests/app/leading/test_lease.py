"""The lease on a real server: one holder, a number that grows, an end by the database's clock."""

import asyncio

from sqlalchemy import text

from app.db.sessions import Database
from app.leading.lease import Lease, Servers


def lease(database: Database, holder: str, length: float = 60.0) -> Lease:
    return Lease(database, "leader", holder, length)


async def expire(database: Database) -> None:
    async with database.write() as session:
        await session.execute(text("UPDATE leases SET expires = 1 WHERE name = 'leader'"))


async def test_one_of_many_that_ask_at_once_has_it(database: Database, url: str) -> None:
    other = Database(url)
    asked = [lease(one, f"{name}") for name, one in enumerate((database, other) * 5)]
    numbers = await asyncio.gather(*(one.take() for one in asked))
    assert sorted(filter(None, numbers)) == [1]
    await other.close()


async def test_who_has_it_renews_it_and_nobody_else_does(database: Database) -> None:
    mine, theirs = lease(database, "a"), lease(database, "b")
    assert await mine.take() == 1
    assert await mine.renew(1)
    assert not await theirs.renew(1)
    assert await theirs.take() is None


async def test_what_is_over_is_taken_under_the_next_number(database: Database) -> None:
    mine, theirs = lease(database, "a"), lease(database, "b")
    assert await mine.take() == 1
    await expire(database)
    assert await mine.renew(1), "nobody has asked for it"
    await expire(database)
    assert await theirs.take() == 2
    assert not await mine.renew(1)
    await mine.free(1)
    assert await mine.take() is None


async def test_what_is_given_back_is_had_at_once(database: Database) -> None:
    mine, theirs = lease(database, "a"), lease(database, "b")
    assert await mine.take() == 1
    await mine.free(1)
    assert await theirs.take() == 2


async def test_servers_know_of_each_other(database: Database) -> None:
    first, second = Servers(database, "a", 60.0), Servers(database, "b", 60.0)
    for one in (first, second, first):
        await one.look()
    assert first.living == second.living == {"a", "b"}
    await second.leave()
    await first.look()
    assert first.living == {"a"}


async def test_a_server_of_which_nothing_is_heard_is_gone(database: Database) -> None:
    first, second = Servers(database, "a", 60.0), Servers(database, "b", -1.0)
    await second.look()
    await first.look()
    assert first.living == {"a"}
    await second.look()
    assert second.living == {"a", "b"}, "whoever looks lives"
