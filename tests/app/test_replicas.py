"""Two real servers on one PostgreSQL and one Redis: killed, paused, cut off, and rolled over."""

import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec import json
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed

from app.accounts.limits import TRIES
from tests import postgres, redis
from tests.app.fleet import DASHBOARD, Balancer, Fleet, fleet
from tests.waiting import until
from wire.routes import FEED_PATH, FeedMessage, Hello, Put, Snapshot

HEAD = re.compile(r"<!--podium \d+ (\w+) ")


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    with postgres.serving() as folder:
        yield folder


@pytest.fixture(scope="module")
def redis_server() -> Iterator[redis.Server]:
    with redis.serving() as found:
        yield found


@pytest.fixture(scope="module")
def two(
    server: Path, redis_server: redis.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fleet]:
    with fleet(server, redis_server, tmp_path_factory.mktemp("fleet")) as found:
        yield found


async def until_said(socket: ClientConnection, *words: str) -> str:
    """Return the first message with all the words in it."""
    while True:
        message = str(await socket.recv())
        if all(word in message for word in words):
            return message


def kind(message: str) -> str:
    found = HEAD.match(message)
    assert found is not None
    return found.group(1)


async def test_who_looks_at_one_sees_what_is_done_through_the_other(two: Fleet) -> None:
    leader, other = await two.leader(), await two.other()
    for at, seen_at in ((other, leader), (leader, other)):
        async with two.dashboard(str(seen_at.layout.public_socket)) as socket:
            await socket.recv()
            workspace = await two.create(at)
            await until_said(socket, workspace)
            await until_said(socket, workspace, ">running<")
        await two.at_phase(at, workspace, "running")


async def test_a_leader_that_is_killed_in_the_middle_is_followed(two: Fleet) -> None:
    leader, other = await two.leader(), await two.other()
    workspace = await two.create(other)

    async def at_work() -> bool:
        steps = (await two.see(other, workspace))["instance"]["steps"]
        return any(one["step"] == "content" and one["state"] == "working" for one in steps)

    await until(at_work)
    leader.end(signal.SIGKILL)
    await two.at_phase(other, workspace, "running")
    assert await two.leader() is other
    leader.begin()
    await until(leader.health, timeout=60)


@pytest.mark.torture
async def test_a_leader_that_was_paused_does_not_write(two: Fleet) -> None:
    leader, other = await two.leader(), await two.other()
    leader.send(signal.SIGSTOP)
    try:
        await until(other.leads)
        workspace = await two.create(other)
    finally:
        leader.send(signal.SIGCONT)
    await until(lambda: leader.health()["leads"] is False)
    await two.at_phase(leader, workspace, "running")
    assert other.leads()


async def test_without_redis_nothing_is_lost_and_after_it_pages_are_fetched_again(
    two: Fleet,
) -> None:
    leader, other = await two.leader(), await two.other()
    async with two.dashboard(str(other.layout.public_socket)) as socket:
        await socket.recv()
        two.redis.kill()
        try:
            workspace = await two.create(leader)
            await two.at_phase(other, workspace, "running")
            await until_said(socket, workspace)
        finally:
            two.redis.begin()
        while kind(str(await socket.recv())) != "resync":
            pass
        second = await two.create(leader)
        await until_said(socket, second)


async def follow(path: str, since: str = "") -> AsyncIterator[FeedMessage]:
    address = f"ws://podium.localhost:8080{FEED_PATH}?since={since}"
    async with unix_connect(path, address) as socket:
        async for message in socket:
            yield json.decode(message, type=FeedMessage)


@asynccontextmanager
async def balanced(two: Fleet, path: Path, name: str) -> AsyncIterator[str]:
    places = [str(getattr(one.layout, name)) for one in two.replicas]
    async with Balancer(path, places).running() as balancer:
        yield balancer.path


@pytest.mark.torture
async def test_one_after_the_other_is_renewed(two: Fleet, tmp_path: Path) -> None:
    """Who looks and who follows routes finds the other one at the first attempt, each time."""
    async with (
        balanced(two, tmp_path / "public", "public_socket") as public,
        balanced(two, tmp_path / "internal", "internal_socket") as internal,
    ):
        for one in two.replicas:
            stays = next(other for other in two.replicas if other is not one)
            async with two.dashboard(str(one.layout.public_socket)) as socket:
                await socket.recv()
                assert one.end(signal.SIGTERM) == 0
                with pytest.raises(ConnectionClosed) as closed:
                    await until_said(socket, "never said")
                assert closed.value.rcvd is None or closed.value.rcvd.code == 1012
            assert await two.leader() is stays
            async with two.dashboard(public) as socket:
                await socket.recv()
                workspace = await two.create(stays)
                await until_said(socket, workspace)
            await two.at_phase(stays, workspace, "running")
            routes = follow(internal)
            assert isinstance(await anext(routes), Hello)
            table = await anext(routes)
            assert isinstance(table, Snapshot)
            assert workspace in {route.workspace for route in table.routes}
            await routes.aclose()
            one.begin()
            await until(one.health, timeout=60)


async def test_tries_are_counted_by_both_together(two: Fleet) -> None:
    statuses = []
    for number in range(TRIES + 1):
        async with two.replicas[number % 2].client() as client:
            reply = await client.post(
                "/auth/link",
                json={"token": "x"},
                headers={"origin": DASHBOARD, "x-forwarded-for": "192.0.2.7"},
            )
        statuses.append(reply.status_code)
    assert set(statuses[:TRIES]) != {429}
    assert statuses[TRIES] == 429
    assert statuses.count(429) == 1


async def test_routes_are_told_by_every_server(two: Fleet) -> None:
    leader, other = await two.leader(), await two.other()
    routes = follow(str(other.layout.internal_socket))
    assert isinstance(await anext(routes), Hello)
    assert isinstance(await anext(routes), Snapshot)
    workspace = await two.create(leader)
    async for message in routes:
        if isinstance(message, Put) and message.route.workspace == workspace:
            break
    await routes.aclose()
