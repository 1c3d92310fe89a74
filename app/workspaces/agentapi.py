"""The agent link (`/agent/v1`): documents in, documents out; see wire.agent."""

import asyncio
from typing import Any

import structlog
from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from msgspec import DecodeError, ValidationError, json
from msgspec.structs import replace

from app.accounts.access import Action, Principal, Resource, allowed
from app.workspaces.agents import Agents
from app.workspaces.links import Links
from app.workspaces.store import Store
from kit.tasks import Tasks
from wire.agent import AGENT_PATH, PROTOCOL, PROTOCOL_HEADER, Desired, Observed
from wire.ids import parse_instance_id

_log = structlog.get_logger(__name__)
Socket = WebSocket[Any, Any, Any]

GONE = 4404
"""Close code: this instance is not the live one; do not come back."""
SUPERSEDED = 4409
"""Close code: a newer connection of the same instance took over."""
PROTOCOL_UNKNOWN = 4426
"""Close code: the server does not speak this version."""
GARBLED = 4400
"""Close code: a message could not be read."""
MAX_DOCUMENT = 256 * 1024
"""Bytes; what an instance says is not trusted to be short."""


@websocket(AGENT_PATH, opt={"action": Action.REPORT_INSTANCE})
async def agent_link(
    socket: Socket,
    principal: NamedDependency[Principal],
    agents: NamedDependency[Agents],
    links: NamedDependency[Links],
    store: NamedDependency[Store],
) -> None:
    """Serve one supervisor until it goes, is superseded, or its instance is over."""
    await socket.accept()
    instance = parse_instance_id(principal.instance)
    spoken = socket.headers.get(PROTOCOL_HEADER, str(PROTOCOL))
    if spoken not in {str(PROTOCOL), str(PROTOCOL - 1)}:
        await socket.close(PROTOCOL_UNKNOWN, f"the server speaks {PROTOCOL}")
        return
    own = Resource(owner="", organisation="", instance=principal.instance)
    if instance is None or not allowed(principal, Action.REPORT_INSTANCE, own):
        await socket.close(GONE, "no such instance")
        return
    await links.turn(principal.instance)
    superseded = links.take(principal.instance)
    try:
        desired = await agents.connected(principal.instance)
        if desired is None:
            await socket.close(GONE, "this instance is over")
            return
        links.tell(principal.instance)
        log = _log.bind(instance=principal.instance)
        log.info("supervisor_connected")
        code = await _serve(socket, desired, agents, store, links, superseded)
        log.info("supervisor_left", code=code)
        if code:
            await socket.close(code)
    finally:
        if links.drop(principal.instance, superseded):
            await agents.left(principal.instance)


async def _serve(
    socket: Socket,
    desired: Desired,
    agents: Agents,
    store: Store,
    links: Links,
    superseded: asyncio.Event,
) -> int:
    """Run both directions and the two ends; returns the close code, 0 when the peer has gone."""
    tasks = Tasks()
    ends = [
        tasks.spawn(_receive(socket, desired.instance, agents, links), "agent-receive"),
        tasks.spawn(_send(socket, desired, agents, store), "agent-send"),
        tasks.spawn(_superseded(superseded), "agent-superseded"),
    ]
    try:
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        return int(done.pop().result())
    finally:
        await tasks.close()


async def _receive(socket: Socket, instance: str, agents: Agents, links: Links) -> int:
    newest = -1
    while True:
        await links.turn(instance)
        try:
            text = await socket.receive_data("text")
        except WebSocketDisconnect:
            return 0
        try:
            observed = json.decode(text[: MAX_DOCUMENT + 1], type=Observed)
        except (DecodeError, ValidationError) as error:
            _log.warning("agent_garbled", instance=instance, detail=str(error))
            return GARBLED
        if observed.version > newest:
            newest = observed.version
            await agents.observed(instance, observed)


async def _send(socket: Socket, desired: Desired, agents: Agents, store: Store) -> int:
    """Send what is wanted, and again whenever it is something else."""
    instance = parse_instance_id(desired.instance)
    assert instance is not None
    async with store.waiting(instance.workspace) as changed:
        await socket.send_data(json.encode(desired).decode(), mode="text")
        sent = desired
        while True:
            await changed.wait()
            changed.clear()
            current = await agents.desired(instance)
            if current is None:
                return GONE
            if replace(current, version=sent.version) != sent:
                await socket.send_data(json.encode(current).decode(), mode="text")
                sent = current


async def _superseded(event: asyncio.Event) -> int:
    await event.wait()
    return SUPERSEDED


route_handlers = [agent_link]
