import asyncio

from app.web.events import BACKLOG, Hint, Hints
from kit.tasks import Tasks


def hint(number: int) -> Hint:
    return Hint(topic="workspace", id=f"w{number}", version=number, owner="alice")


async def test_everybody_who_listens_hears_in_order() -> None:
    hints = Hints()
    hints.publish(hint(0))
    async with hints.subscribe() as one, hints.subscribe() as two:
        hints.publish(hint(1))
        hints.publish(hint(2))
        for subscription in (one, two):
            await subscription.wait()
            assert subscription.take() == ([hint(1), hint(2)], False)
            assert subscription.take() == ([], False)


async def test_a_waiting_listener_is_woken() -> None:
    hints, tasks = Hints(), Tasks()
    async with hints.subscribe() as subscription:
        waiting = tasks.spawn(subscription.wait(), "wait")
        hints.publish(hint(1))
        async with asyncio.timeout(60):
            await waiting
        assert subscription.take() == ([hint(1)], False)


async def test_who_falls_behind_is_told_that_something_is_lost() -> None:
    hints = Hints()
    async with hints.subscribe() as subscription:
        for number in range(BACKLOG * 3):
            hints.publish(hint(number))
        await subscription.wait()
        assert subscription.take() == ([], True)
        hints.publish(hint(7))
        assert subscription.take() == ([hint(7)], False)


async def test_who_has_left_costs_nothing() -> None:
    hints = Hints()
    async with hints.subscribe() as subscription:
        pass
    hints.publish(hint(1))
    assert subscription.take() == ([], False)
