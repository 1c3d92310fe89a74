"""The route feed: what a proxy hears when it comes, comes back, or is slow."""

from app.runtime.publish import RouteFeed
from wire.phases import Phase
from wire.routes import Del, EndSession, FeedMessage, Hello, Put, Route, Snapshot

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
    for version in range(1, 1102):
        feed.put(route(ONE, version))
    (message,) = await slow.hear(1)
    assert isinstance(message, Snapshot)
    assert (message.seq, message.routes[0].version) == (1101, 1101)


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
