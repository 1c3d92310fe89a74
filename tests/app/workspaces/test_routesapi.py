"""The route feed over a real WebSocket, as proxies use it."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio
from msgspec import json
from websockets.asyncio.client import ClientConnection, unix_connect

from app.accounts.access import Listener
from tests.app.listening import listening
from tests.app.server import Server, open_server
from tests.app.workspaces.control import DEMO
from wire.phases import Phase
from wire.routes import FEED_PATH, FeedMessage, Hello, Put, Snapshot


@dataclass
class Feed:
    server: Server
    path: str

    def connect(self, since: str = "") -> unix_connect:
        return unix_connect(self.path, uri=f"ws://server{FEED_PATH}?since={since}")

    async def create(self) -> str:
        reply = await self.server.public.post(
            "/api/v1/workspaces", json={"url": DEMO.url}, headers=self.server.bearer
        )
        return str(reply.json()["id"])


@pytest_asyncio.fixture
async def feed(tmp_path: Path) -> AsyncIterator[Feed]:
    async with (
        open_server(tmp_path) as server,
        listening(server.app, Listener.INTERNAL, tmp_path) as path,
    ):
        yield Feed(server, path)


async def hear(socket: ClientConnection) -> FeedMessage:
    return json.decode(await socket.recv(), type=FeedMessage)


async def test_a_proxy_follows_a_start(feed: Feed) -> None:
    async with feed.connect() as socket:
        hello = await hear(socket)
        assert isinstance(hello, Hello)
        assert len(hello.keys) == 1
        assert isinstance(await hear(socket), Snapshot)
        workspace = await feed.create()
        phases: list[Phase] = []
        versions: list[int] = []
        while Phase.CREATING not in phases:
            message = await hear(socket)
            assert isinstance(message, Put)
            assert message.route.workspace == workspace
            assert message.route.target is None
            phases.append(message.route.phase)
            versions.append(message.route.version)
    assert versions == sorted(set(versions))


async def test_a_proxy_that_comes_back_hears_what_it_missed(feed: Feed) -> None:
    async with feed.connect() as socket:
        await hear(socket)
        snapshot = await hear(socket)
        assert isinstance(snapshot, Snapshot)
    workspace = await feed.create()
    async with feed.connect(f"{snapshot.epoch}:{snapshot.seq}") as socket:
        assert isinstance(await hear(socket), Hello)
        missed = await hear(socket)
    assert isinstance(missed, Put)
    assert (missed.seq, missed.route.workspace) == (snapshot.seq + 1, workspace)


async def test_a_proxy_that_leaves_is_noticed(feed: Feed) -> None:
    route_feed = feed.server.app.state.feed
    async with feed.connect() as socket:
        await hear(socket)
    await feed.create()
    async with aclosing(route_feed.follow()) as messages:
        assert isinstance(await anext(messages), Hello)


async def test_a_proxy_tells_which_workspaces_are_used(feed: Feed) -> None:
    used = {"used": [await feed.create(), "no workspace"]}
    assert (await feed.server.internal.post("/internal/activity", json=used)).status_code == 204
    wrong = await feed.server.internal.post("/internal/activity", json={"used": ["x" * 65]})
    assert wrong.status_code == 400
