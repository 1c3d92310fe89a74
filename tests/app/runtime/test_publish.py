"""The route feed: what a proxy hears when it comes, comes back, or is slow."""

from collections import deque

from app.runtime import publish
from app.runtime.publish import RouteFeed
from wire.phases import Phase
from wire.routes import (
    ROUTES_AT_ONCE,
    Del,
    EndSession,
    FeedMessage,
    Hello,
    Part,
    Put,
    Route,
    Snapshot,
)

ONE, TWO = "amber-otter-0000000000", "blue-wolf-1111111111"


def route(workspace: str = ONE, version: int = 1) -> Route:
    return Route(
        workspace=workspace,
        version=version,
        instance=f"{workspace}.1",
        phase=Phase.RUNNING,
        target=None,
        owner="alice",
    )


class Follower:
    def __init__(self, feed: RouteFeed, since: str = "") -> None:
        self.messages = feed.follow(since)

    async def hear(self, count: int) -> list[FeedMessage]:
        return [await anext(self.messages) for _ in range(count)]


async def test_a_new_proxy_hears_hello_snapshot_then_changes() -> None:
    feed = RouteFeed("e1")
    feed.keys = ["key"]
    feed.load([route()], {"old": 5})
    proxy = Follower(feed)
    assert await proxy.hear(2) == [
        Hello(epoch="e1", keys=["key"]),
        Snapshot(epoch="e1", seq=0, routes=[route()], sessions={"old": 5}),
    ]
    feed.put(route(version=2))
    feed.delete(ONE, 3)
    feed.end_session("s1", 77.9)
    assert await proxy.hear(3) == [
        Put(epoch="e1", seq=1, route=route(version=2)),
        Del(epoch="e1", seq=2, workspace=ONE, version=3),
        EndSession(epoch="e1", seq=3, session="s1", at=77),
    ]


async def test_a_proxy_that_comes_back_hears_only_what_it_missed() -> None:
    feed = RouteFeed("e1")
    feed.put(route(ONE))
    feed.put(route(TWO))
    hello, missed = await Follower(feed, "e1:1").hear(2)
    assert isinstance(hello, Hello)
    assert missed == Put(epoch="e1", seq=2, route=route(TWO))


async def test_another_life_of_the_feed_or_nonsense_gives_a_snapshot() -> None:
    feed = RouteFeed("e2")
    feed.put(route(ONE))
    for since in ("e1:1", "e2:9", "e2:x", "e2", ":", "e2:-1"):
        assert isinstance((await Follower(feed, since).hear(2))[1], Snapshot), since


async def test_a_slow_proxy_gets_a_snapshot_instead_of_what_is_forgotten() -> None:
    feed = RouteFeed("e1")
    slow = Follower(feed)
    await slow.hear(2)
    forgotten = publish._KEPT + 1
    for version in range(1, forgotten + 1):
        feed.put(route(ONE, version))
    (message,) = await slow.hear(1)
    assert isinstance(message, Snapshot)
    assert (message.seq, message.routes[0].version) == (forgotten, forgotten)


async def test_smaller_versions_and_repetitions_are_not_told() -> None:
    feed = RouteFeed("e1")
    feed.put(route(version=5))
    feed.put(route(version=5))
    feed.put(route(version=4))
    assert feed.seq == 1
    feed.delete(ONE, 6)
    feed.delete(ONE, 6)
    feed.put(route(version=6))
    assert feed.seq == 2
    assert feed.route(ONE) is None


async def test_ended_sessions_are_forgotten_when_no_grant_can_be_left() -> None:
    feed = RouteFeed("e1")
    feed.end_session("s1", 1000.0)
    feed.end_session("s2", 1000.0 + 13 * 3600)
    assert set(feed.snapshot().sessions) == {"s2"}


async def test_closing_ends_the_followers() -> None:
    feed = RouteFeed("e1")
    proxy = Follower(feed)
    await proxy.hear(2)
    feed.close()
    assert [message async for message in proxy.messages] == []


async def test_a_large_table_comes_in_parts_as_it_was_at_their_beginning() -> None:
    feed = RouteFeed("e1")
    routes = [route(f"amber-otter-{number:010}") for number in range(2 * ROUTES_AT_ONCE + 1)]
    feed.load(routes, {"old": 5})
    proxy = Follower(feed)
    _hello, first = await proxy.hear(2)
    feed.put(route(routes[-1].workspace, 2))
    feed.delete(routes[0].workspace, 2)
    second, third, put, gone = await proxy.hear(4)
    assert isinstance(first, Snapshot)
    assert isinstance(second, Part)
    assert isinstance(third, Part)
    assert (first.more, second.more, third.more) == (True, True, False)
    assert first.sessions == {"old": 5}
    assert [*first.routes, *second.routes, *third.routes] == routes
    assert isinstance(put, Put)
    assert isinstance(gone, Del)


async def test_a_change_looks_at_no_other_change() -> None:
    """Every follower hears of each; what they have heard before costs nothing again."""
    feed = RouteFeed("e1")
    for version in range(1, 500):
        feed.put(route(version=version))
    looked = 0

    class Counted(deque):
        def __reversed__(self):
            nonlocal looked
            for one in super().__reversed__():
                looked += 1
                yield one

    feed._changes = Counted(feed._changes, maxlen=publish._KEPT)
    proxy = Follower(feed, f"e1:{feed.seq}")
    await proxy.hear(1)
    for version in range(500, 510):
        feed.put(route(version=version))
        await proxy.hear(1)
    assert looked <= 30
