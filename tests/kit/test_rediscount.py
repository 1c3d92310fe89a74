"""Counting with a real Redis, and without one."""

import asyncio
from collections.abc import Iterator

import pytest

from kit.clock import FakeClock
from kit.rediscount import FAILURES, PAUSE, RedisCount
from tests import redis


@pytest.fixture(scope="module")
def server() -> Iterator[redis.Server]:
    with redis.serving() as found:
        yield found


async def test_all_count_together(server: redis.Server) -> None:
    one, two = (RedisCount(server.url, "a:", FakeClock()) for _ in range(2))
    counts = await asyncio.gather(*(each.count("x", 60) for each in (one, two) * 5))
    assert sorted(filter(None, counts)) == list(range(1, 11))
    assert await one.count("y", 60) == 1
    await one.close()
    await two.close()


async def test_a_window_has_an_end(server: redis.Server) -> None:
    one = RedisCount(server.url, "b:", FakeClock())
    assert await one.count("x", 60) == 1
    left = await one._client.ttl("b:x")
    assert await one.count("x", 6000) == 2
    assert 0 < await one._client.ttl("b:x") <= left, "the window began with the first"
    await one.close()


async def test_without_it_nothing_is_known_and_it_is_not_asked_each_time() -> None:
    with redis.serving() as server:
        clock = FakeClock()
        one = RedisCount(server.url, "c:", clock)
        assert await one.count("x", 60) == 1
        server.kill()
        for _ in range(FAILURES):
            assert await one.count("x", 60) is None
        server.begin()
        assert await one.count("x", 60) is None, "left alone"
        clock.advance(PAUSE)
        assert await one.count("x", 60) == 1
        await one.close()


async def test_a_trial_that_nobody_waits_for_is_over(server: redis.Server) -> None:
    clock = FakeClock()
    one = RedisCount("redis://127.0.0.1:1/0", "d:", clock)
    for _ in range(FAILURES):
        await one.count("x", 60)
    clock.advance(PAUSE)
    trial = asyncio.get_running_loop().create_task(one.count("x", 60))
    trial.cancel()
    await asyncio.gather(trial, return_exceptions=True)
    clock.advance(PAUSE)
    one._client = RedisCount(server.url, "d:", clock)._client
    assert await one.count("x", 60) == 1
    await one.close()
