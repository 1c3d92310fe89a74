"""Processes that say things to each other over a real Redis, which dies, hangs and comes back."""

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from kit.redisbus import MOST, Bus
from kit.tasks import Tasks
from tests import redis
from tests.waiting import until

MISSED = b"missed"


@pytest.fixture(scope="module")
def server() -> Iterator[redis.Server]:
    with redis.serving() as found:
        yield found


@dataclass
class Party:
    """One process on the channel."""

    url: str
    name: str
    channel: str = "tests"
    heard: list[bytes] = field(default_factory=list)
    backs: int = 0

    def __post_init__(self) -> None:
        self.bus = Bus(self.url, self.channel, self.name, self.heard.append, self._back, MISSED)

    def _back(self) -> None:
        self.backs += 1

    @asynccontextmanager
    async def on(self) -> AsyncIterator["Party"]:
        tasks = Tasks()
        tasks.spawn(self.bus.run(), self.name)
        try:
            await until(lambda: self.bus.connected)
            yield self
        finally:
            await tasks.close()


async def test_what_one_says_all_others_hear_in_order(server: redis.Server) -> None:
    async with Party(server.url, "a").on() as a, Party(server.url, "b").on() as b:
        for number in range(100):
            a.bus.say(b"%d" % number)
        await until(lambda: len(b.heard) == 100)
        assert b.heard == [b"%d" % number for number in range(100)]
        assert a.heard == []


async def test_other_channels_are_not_heard(server: redis.Server) -> None:
    foreign = Party(server.url, "c", channel="other")
    async with Party(server.url, "a").on() as a, Party(server.url, "b").on() as b, foreign.on():
        foreign.bus.say(b"not for you")
        a.bus.say(b"for you")
        await until(lambda: b.heard == [b"for you"])


async def test_what_was_just_said_is_not_repeated(server: redis.Server) -> None:
    async with Party(server.url, "a").on() as a, Party(server.url, "b").on() as b:
        for message in (b"x", b"x", b"y", b"x"):
            a.bus.say(message)
        await until(lambda: len(b.heard) == 3)
        assert b.heard == [b"x", b"y", b"x"]


async def test_after_a_death_everybody_is_told_and_hears_again(server: redis.Server) -> None:
    async with Party(server.url, "a").on() as a, Party(server.url, "b").on() as b:
        server.kill()
        await until(lambda: not (a.bus.connected or b.bus.connected))
        a.bus.say(b"lost")
        server.begin()
        await until(lambda: a.backs == b.backs == 2, timeout=60)
        a.bus.say(b"heard")
        await until(lambda: b"heard" in b.heard)
        assert b"lost" not in b.heard
        assert a.heard == []


async def test_who_could_not_say_something_says_so(server: redis.Server) -> None:
    async with Party(server.url, "a").on() as a, Party(server.url, "b").on() as b:
        server.kill()
        await until(lambda: not a.bus.connected)
        a.bus.say(b"lost")
        assert a.bus._lost
        server.begin()
        # whoever is back first: b hears of it, or has to look anyway
        await until(lambda: MISSED in b.heard or b.backs == 2)
        await until(lambda: a.bus.connected and not a.bus._lost)


async def test_one_that_hangs_is_taken_for_lost(server: redis.Server) -> None:
    async with Party(server.url, "a").on() as a:
        server.signal(signal.SIGSTOP)
        try:
            await until(lambda: not a.bus.connected)
        finally:
            server.signal(signal.SIGCONT)
        await until(lambda: a.bus.connected)
        assert a.backs >= 2


async def test_there_is_an_end_to_what_waits() -> None:
    party = Party("redis://127.0.0.1:1/0", "a")
    party.bus.connected = True
    for number in range(MOST + 5):
        party.bus.say(b"%d" % number)
    assert len(party.bus._queue) == MOST
    assert party.bus._lost


async def test_before_there_is_a_channel_what_is_said_is_missed() -> None:
    party = Party("redis://127.0.0.1:1/0", "a")
    party.bus.say(b"lost")
    assert party.bus._lost
    assert not party.bus._queue
