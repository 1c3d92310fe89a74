"""The application as it is put together: what it serves without anybody signed in, and its end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from app.runtime.publish import RouteFeed
from tests.app.server import Server, open_server
from tests.app.workspaces.control import DEMO
from tests.waiting import until


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with open_server(tmp_path) as opened:
        yield opened


async def test_health_is_told_to_everybody_and_details_to_the_platform(server: Server) -> None:
    assert (await server.public.get("/healthz")).json() == {"status": "ok"}

    async def reached() -> bool:
        health = (await server.internal.get("/internal/health")).json()
        assert health["ready"]
        return bool(health["node"] == "ok")

    await until(reached)
    assert (await server.public.get("/internal/health")).status_code == 404


async def test_a_server_is_ready_before_its_node(server: Server) -> None:
    server.node.cut()

    async def cut() -> bool:
        health = (await server.internal.get("/internal/health")).json()
        return bool(health["ready"] and health["node"] == "unreachable")

    await until(cut)
    made = await server.public.post(
        "/api/v1/workspaces", json={"url": DEMO.url}, headers=server.bearer
    )
    assert made.status_code == 201


async def test_the_feed_has_the_keys_and_every_route_after_a_restart(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        made = await server.public.post(
            "/api/v1/workspaces", json={"url": DEMO.url}, headers=server.bearer
        )
        first: RouteFeed = server.app.state.feed
    async with open_server(tmp_path) as server:
        feed: RouteFeed = server.app.state.feed
        assert feed.epoch != first.epoch
        assert feed.keys == first.keys != []
        route = feed.route(made.json()["id"])
        assert route is not None
        assert route.owner == made.json()["owner"]


async def test_an_unknown_path_and_a_wrong_method_are_problems(server: Server) -> None:
    for method, path, status in (
        ("GET", "/nothing/here", 404),
        ("PUT", "/api/v1/workspaces", 405),
    ):
        reply = await server.public.request(method, path, headers=server.bearer)
        assert reply.status_code == status
        assert reply.headers["content-type"] == "application/problem+json"


async def test_a_body_beyond_the_limit_is_refused(server: Server) -> None:
    reply = await server.public.post(
        "/api/v1/workspaces",
        content=b'{"url": "' + b"a" * 2_000_000 + b'"}',
        headers={**server.bearer, "content-type": "application/json"},
    )
    assert reply.status_code == 413
