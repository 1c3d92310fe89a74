"""The route feed for proxies, and the health of the server, on the internal listener."""

import asyncio
from typing import Any

from litestar import WebSocket, get, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from msgspec import Struct, json

from app.accounts.access import Action
from app.runtime.loop import Reconciler
from app.runtime.publish import RouteFeed
from kit.tasks import Tasks
from wire.routes import FEED_PATH

Socket = WebSocket[Any, Any, Any]


class Health(Struct, frozen=True, kw_only=True):
    """How the server is."""

    ready: bool
    node: str
    """ok or unreachable; the server serves either way."""
    epoch: str
    """Of the route feed: changes with each start of the server."""


@websocket(FEED_PATH, opt={"action": Action.PLATFORM})
async def route_feed(socket: Socket, feed: NamedDependency[RouteFeed]) -> None:
    """Tell a proxy the table, then every change, until it goes."""
    await socket.accept()
    since = str(socket.query_params.get("since", ""))
    tasks = Tasks()
    ends = [
        tasks.spawn(_send(socket, feed, since), "routes-send"),
        tasks.spawn(_gone(socket), "routes-gone"),
    ]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await tasks.close()


async def _send(socket: Socket, feed: RouteFeed, since: str) -> None:
    async for message in feed.follow(since):
        await socket.send_data(json.encode(message).decode(), mode="text")


async def _gone(socket: Socket) -> None:
    """Receive until the proxy has left: only who receives notices."""
    try:
        while True:
            await socket.receive_data("text")
    except WebSocketDisconnect:
        return


@get("/internal/health", opt={"action": Action.PLATFORM}, include_in_schema=False)
async def internal_health(
    feed: NamedDependency[RouteFeed], reconciler: NamedDependency[Reconciler]
) -> Health:
    """Tell launcher and command line how the server is."""
    node = "ok" if reconciler.reachable else "unreachable"
    return Health(ready=True, node=node, epoch=feed.epoch)


@get("/healthz", opt={"action": Action.SEE_PUBLIC}, include_in_schema=False)
async def healthz() -> dict[str, str]:
    """Tell anybody that the server answers, and nothing else."""
    return {"status": "ok"}


route_handlers = [route_feed, internal_health, healthz]
