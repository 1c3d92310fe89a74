"""The newest connection of an instance is the one that counts."""

import asyncio

from app.workspaces.links import BURST, Links

ONE = "amber-otter-0000000000.1"


def test_a_newer_connection_ends_the_older_one() -> None:
    links = Links()
    first = links.take(ONE)
    second = links.take(ONE)
    assert first.is_set()
    assert not second.is_set()
    links.drop(ONE, first)
    assert links.connected(ONE)
    links.drop(ONE, second)
    assert not links.connected(ONE)


async def test_who_says_too_much_waits_and_others_do_not() -> None:
    links = Links()
    for _ in range(BURST):
        await links.turn(ONE)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(links.turn(ONE))
        await links.turn("blue-crane-0000000000.1")
        assert not waiting.done()


def test_a_connection_at_another_server_ends_the_one_here() -> None:
    links = Links()
    first = links.take(ONE)
    links.moved(ONE)
    assert not first.is_set(), "its row has not said yet that it is here"
    links.tell(ONE)
    links.moved(ONE)
    assert first.is_set()
    assert not links.drop(ONE, first)
    assert not links.connected(ONE)
