"""A terminal over a WebSocket, resumable by byte offset.

`/_supervisor/v1/terminals/<id>?offset=<n>`: the first message is text,
`{"offset", "pid", "cols", "rows"}`, then come binary messages, the output from that
offset on. Binary from the client is input, text `{"cols", "rows"}` a new size.
"""

import asyncio
import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from supervisor.host.terminal import Terminal, Viewer

NO_TERMINAL = 4004
TOO_SLOW = 4008
ENDED = 4000
"""Close codes: no such terminal, viewer too far behind (come back with the offset), shell gone."""


async def serve_terminal(
    connection: ServerConnection, target: str, find: Callable[[str], Terminal | None]
) -> None:
    """Relay until the viewer leaves, falls behind, or the shell ends."""
    parts = urlsplit(target)
    wished = parse_qs(parts.query).get("offset", ["0"])[0]
    terminal = find(parts.path.rpartition("/")[2])
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
