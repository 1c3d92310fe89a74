"""A terminal over a WebSocket, resumable by byte offset.

`/v1/terminals/{id}?offset=<n>`: the first message is text,
`{"offset", "pid", "cols", "rows"}`, then come binary messages, the output from that
offset on. Binary from the client is input, text `{"cols", "rows"}` a new size.
"""

import asyncio
import json
from collections.abc import Callable

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from supervisor.api.endpoint import Call, Endpoint, Who, converses
from supervisor.host.terminal import Terminal, Viewer

NO_TERMINAL = 4004
TOO_SLOW = 4008
ENDED = 4000
"""Close codes: no such terminal, viewer too far behind (come back with the offset), shell gone."""


def endpoints(find: Callable[[str], Terminal | None]) -> list[Endpoint]:
    """Return what a terminal's viewers use; `find` knows the terminals by id."""

    async def converse(call: Call, connection: ServerConnection) -> None:
        await serve_terminal(connection, find(call.values["id"]), call.query.get("offset", "0"))

    return [converses("/v1/terminals/{id}", Who.PERSON, converse)]


async def serve_terminal(
    connection: ServerConnection, terminal: Terminal | None, wished: str
) -> None:
    """Relay from the `wished` offset until the viewer leaves, falls behind, or the shell ends."""
    if terminal is None:
        await connection.close(NO_TERMINAL, "no such terminal")
        return
    viewer = terminal.attach()
    offset, held = terminal.history.since(int(wished) if wished.isdecimal() else 0)
    try:
        columns, rows = terminal.size
        hello = {"offset": offset, "pid": terminal.pid, "cols": columns, "rows": rows}
        await connection.send(json.dumps(hello))
        if held:
            await connection.send(held)
        async with asyncio.TaskGroup() as group:
            output = group.create_task(_send(connection, viewer), name="terminal-output")
            await _receive(connection, terminal)
            output.cancel()
    except* ConnectionClosed:
        viewer.behind = True  # gone; the shell lives on
    finally:
        terminal.detach(viewer)


async def _send(connection: ServerConnection, viewer: Viewer) -> None:
    while True:
        data = await viewer.queue.get()
        if data is None:
            code, why = (TOO_SLOW, "too slow") if viewer.behind else (ENDED, "ended")
            await connection.close(code, why)
            return
        await connection.send(data)


async def _receive(connection: ServerConnection, terminal: Terminal) -> None:
    async for message in connection:
        if isinstance(message, bytes):
            terminal.write(message)
            continue
        try:
            size = json.loads(message)
            terminal.resize(int(size["cols"]), int(size["rows"]))
        except (ValueError, KeyError, TypeError):
            continue
