"""Following the route feed through restarts, gaps and nonsense; keeping the table."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from proxy.core.table import Table
from proxy.net.feed import Feed
from tests.proxy.net.standins import Internal
from tests.proxy.world import OTHER, WORKSPACE, make_route
from tests.waiting import until
from wire.routes import Del, FeedMessage, Put


class Followed:
    """A feed, its table, and what it was told."""

    def __init__(self, folder: Path, **options: float) -> None:
        self.internal = Internal(str(folder / "internal.sock"))
        self.table = Table()
        self.file = folder / "routes.jsonl"
        self.feed = Feed(self.internal.path, self.table, self.receive, self.file, **options)
        self.heard: list[FeedMessage] = []
        self.work: list[asyncio.Task] = []

    def receive(self, message: FeedMessage) -> bool:
        self.heard.append(message)
        return self.table.apply(message, asyncio.get_running_loop().time()) is not None

    def begin(self) -> None:
        loop = asyncio.get_running_loop()
        self.work += [loop.create_task(self.feed.run()), loop.create_task(self.feed.keep())]

    async def end(self) -> None:
        for one in self.work:
            one.cancel()
        await asyncio.gather(*self.work, return_exceptions=True)
        await self.internal.stop()


@pytest.fixture
async def followed(tmp_path: Path) -> AsyncIterator[Followed]:
    made = Followed(tmp_path)
    yield made
    await made.end()


async def test_the_table_comes_whole_and_then_change_by_change(followed: Followed) -> None:
    await followed.internal.start()
    followed.begin()
    await until(lambda: WORKSPACE in followed.table.routes)
    await followed.internal.tell(Put(epoch="e1", seq=2, route=make_route(OTHER)))
    await until(lambda: OTHER in followed.table.routes)
    await followed.internal.tell(Del(epoch="e1", seq=3, workspace=OTHER, version=9))
    await until(lambda: OTHER not in followed.table.routes)
    assert followed.internal.asked == [":0"]


async def test_a_server_that_comes_later_is_found(followed: Followed) -> None:
    followed.begin()
    with structlog.testing.capture_logs() as told:
        await until(lambda: any(line["event"] == "feed_lost" for line in told))
    await followed.internal.start()
    await until(lambda: followed.table.routes)


async def test_after_a_restart_only_what_was_missed_is_asked_for(followed: Followed) -> None:
    await followed.internal.start()
    followed.begin()
    await until(lambda: followed.table.routes)
    await followed.internal.stop()
    followed.internal.followers.clear()
    Path(followed.internal.path).unlink(missing_ok=True)
    await followed.internal.start()
    await until(lambda: len(followed.internal.asked) == 2)
    assert followed.internal.asked[-1] == "e1:1"
    assert followed.table.routes, "nothing was forgotten meanwhile"


async def test_a_gap_asks_for_the_whole_table(followed: Followed) -> None:
    await followed.internal.start()
    followed.begin()
    await until(lambda: followed.table.routes)
    followed.internal.routes = [make_route(), make_route(OTHER)]
    await followed.internal.tell(Put(epoch="e1", seq=9, route=make_route(OTHER)))
    await until(lambda: OTHER in followed.table.routes)
    assert followed.internal.asked[-1] == ":0"


async def test_nonsense_ends_the_connection_not_the_feed(followed: Followed) -> None:
    await followed.internal.start()
    followed.begin()
    await until(lambda: followed.internal.followers)
    await followed.internal.followers[0].send_str('{"op":"unheard of"}')
    await until(lambda: len(followed.internal.asked) == 2)
    assert not followed.work[0].done()


async def test_silence_is_answered_with_a_ping_that_counts(tmp_path: Path) -> None:
    followed = Followed(tmp_path, quiet=0.02)
    await followed.internal.start()
    followed.begin()
    await until(lambda: followed.table.routes)
    before = followed.table.heard
    await until(lambda: followed.table.heard > before)
    assert len(followed.internal.asked) == 1
    await followed.end()


async def test_the_table_is_kept_for_a_proxy_that_starts_alone(followed: Followed) -> None:
    await followed.internal.start()
    followed.begin()
    await until(followed.file.exists)
    alone = Table()
    assert Feed("/nowhere", alone, lambda _message: True, followed.file).load()
    assert set(alone.routes) == {WORKSPACE}


async def test_a_full_disk_is_no_end(followed: Followed) -> None:
    followed.file.with_suffix(".new").mkdir()
    await followed.internal.start()
    followed.begin()
    await until(lambda: followed.table.routes)
    await followed.internal.tell(Put(epoch="e1", seq=2, route=make_route(OTHER)))
    await until(lambda: OTHER in followed.table.routes)
    assert not any(one.done() for one in followed.work)


def test_without_a_file_there_is_nothing_to_load(followed: Followed) -> None:
    assert not followed.feed.load()
