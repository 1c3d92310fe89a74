"""What proxies hear and tell, and the health of the server, on the internal listener."""

import asyncio
from typing import Annotated, Any

from litestar import WebSocket, get, post, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.params import JSONBody
from msgspec import Meta, Struct, json

from app.accounts.access import Action
from app.leading.lease import Servers
from app.runtime.loop import Reconciler
from app.runtime.publish import RouteFeed
from app.workspaces.awake import Timeouts
from kit.tasks import Tasks
from wire.agent import Activity
from wire.routes import FEED_PATH

Socket = WebSocket[Any, Any, Any]


class Health(Struct, frozen=True, kw_only=True):
    """How the server is."""

    ready: bool
    node: str
    """ok or unreachable; the server serves either way."""
    epoch: str
    """Of the route feed: changes with each start of the server."""
    leads: bool
    """Of several servers, whether it is the one that starts and stops workspaces."""


class UsedWorkspaces(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /internal/activity."""

    used: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=1000)]


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
    feed: NamedDependency[RouteFeed],
    reconciler: NamedDependency[Reconciler],
    servers: NamedDependency[Servers],
) -> Health:
    """Tell launcher and command line how the server is."""
    node = "ok" if reconciler.reachable else "unreachable"
    return Health(ready=True, node=node, epoch=feed.epoch, leads=servers.leads())


@post(
    "/internal/activity",
    opt={"action": Action.PLATFORM},
    include_in_schema=False,
    status_code=204,
)
async def internal_activity(
    data: JSONBody[UsedWorkspaces], timeouts: NamedDependency[Timeouts]
) -> None:
    """Take in which workspaces' ports a proxy saw used."""
    await timeouts.used(dict.fromkeys(data.used, Activity.PORT))


@get("/healthz", opt={"action": Action.SEE_PUBLIC}, include_in_schema=False)
async def healthz() -> dict[str, str]:
    """Tell anybody that the server answers, and nothing else."""
    return {"status": "ok"}


route_handlers = [route_feed, internal_health, internal_activity, healthz]
