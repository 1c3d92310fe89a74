"""The agent link: comes back whatever happens, and never ends by itself."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.tasks import Tasks
from supervisor.host.link import Link
from supervisor.host.outward import Outward
from tests.supervisor.samples import wish
from tests.supervisor.standins import Platform
from tests.waiting import until
from wire.agent import Desired, Observed


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    with tempfile.TemporaryDirectory() as folder:  # a short path: unix sockets allow 107 bytes
        made = Platform(Path(folder) / "s", "right")
        yield made
        await made.stop()


@pytest.fixture
async def received() -> list[Desired]:
    return []


@pytest.fixture
async def link(platform: Platform, received: list[Desired]) -> AsyncIterator[Link]:
    made, tasks = Link(Outward(str(platform.path)), "right", received.append), Tasks()
    work = tasks.spawn(made.run(), "link")
    yield made
    assert not work.done(), "the link has ended by itself"
    await tasks.close()


async def test_both_sides_hear_each_other(platform, link, received):
    await platform.start()
    link.send(Observed(version=1))
    await platform.say(wish())
    await until(lambda: received and platform.observed, timeout=10)
    assert received == [wish()]
    assert platform.observed[-1].version == 1
    link.send(Observed(version=2))
    await until(lambda: platform.observed[-1].version == 2, timeout=10)


async def test_a_server_that_starts_later_is_found(platform, link, received):
    link.send(Observed(version=7))
    await until(lambda: not link.connected.is_set(), timeout=1)
    await platform.start()
    await until(lambda: platform.observed, timeout=10)
    assert platform.observed[0].version == 7


async def test_a_lost_connection_is_made_again_with_the_newest_word(platform, link, received):
    await platform.start()
    link.send(Observed(version=1))
    await until(lambda: platform.observed, timeout=10)
    await platform.cut()
    link.send(Observed(version=2))
    await until(lambda: platform.observed[-1].version == 2, timeout=10)
    await platform.stop()
    link.send(Observed(version=3))
    await platform.start()
    await until(lambda: platform.observed[-1].version == 3, timeout=10)
    await platform.say(wish(version=9))
    await until(lambda: received and received[-1].version == 9, timeout=10)


async def test_what_cannot_be_read_is_dropped_and_told(platform, link, received, capsys):
    await platform.start()
    await until(link.connected.is_set, timeout=10)
    await platform.say(b'{"version": "one"}')
    await platform.say(wish(version=2))
    await until(lambda: received, timeout=10)
    assert [one.version for one in received] == [2]
    assert "desired_unreadable" in capsys.readouterr().err


async def test_a_refused_token_is_told_and_tried_seldom(platform, link, capsys):
    platform.token = "another"
    await platform.start()
    await until(lambda: platform.attempts, timeout=10)
    told = ""

    def refused() -> bool:
        nonlocal told
        told += capsys.readouterr().err
        return "link_refused" in told

    await until(refused, timeout=5)
    assert "right" not in told
    assert platform.attempts == 1
