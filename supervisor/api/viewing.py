"""A viewer of a terminal: a WebSocket, resumable by byte offset.

`/v1/terminals/{id}?offset=<n>&life=<life>&kind=browser|vscode|ssh|gp&name=…`, all of it optional.

Out, text first: `{"offset", "life", "pid", "cols", "rows", "title", "modes"}`. Then binary: the
output from that offset on, every byte once. Between them text, each with what has changed:
`{"title"}`, `{"cols", "rows"}` (the terminal's size: another viewer decides), `{"offset", "modes"}`
(the viewer was slower than the terminal for longer than the history reaches back: what follows
begins there), and after the last byte `{"exit": {"code", "signal"}}`. A client counts the bytes,
and comes back with the offset after the last one it has, and with `life`: a terminal of the same
id that is another one ignores the offset and begins at its oldest byte, as the first message says.

A negative offset counts from the end, to the next beginning of a line: for who wants to show the
last of a long history. `modes` is then what an emulator has to be given before the first byte: the
other screen, the mouse and so on, as they were switched on before. It is often empty, and of no
use to who goes on where it was. A program that paints the whole screen is made to do so.

In: binary is input, at most 1 MiB a message. Text: `{"cols", "rows"}` is what fits into the window,
`{"focused": true|false}` whether it is in front, `{"shown": n}` that everything below that offset
has been drawn. Who typed or was focused last decides the size. A client that sends `shown` once is
from then on sent at most 512 KiB more than it has drawn, so that a browser never holds more and
Ctrl+C is seen at once; one that never does is sent as much as its connection takes.

Closed with 4000 when the shell has ended and all was sent, 4004 when there is no such terminal.
Anything else is a lost connection: come back.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from supervisor.api.endpoint import Call, Conversing
from supervisor.core.front import one_line
from supervisor.host.history import History
from supervisor.host.terminal import Terminal
from supervisor.host.viewer import Viewer

NO_TERMINAL = 4004
ENDED = 4000
LONGEST = 4096
"""Bytes in which a beginning of a line is looked for."""


def conversation(find: Callable[[str], Terminal | None]) -> Conversing:
    """Return the endpoint's function; `find` knows the terminals by id."""

    async def converse(call: Call, connection: ServerConnection) -> None:
        terminal = find(call.values["id"])
        if terminal is None:
            await connection.close(NO_TERMINAL, "no such terminal")
        else:
            await _view(connection, terminal, call.query)

    return converse


async def _view(connection: ServerConnection, terminal: Terminal, query: Mapping[str, str]) -> None:
    """Relay until the viewer leaves or everything has been said."""
    wished = _offset(query.get("offset", ""))
    if query.get("life", terminal.life) != terminal.life:
        wished = 0
    offset = await _line(terminal.history, wished) if wished < 0 else wished
    viewer = terminal.attach(offset, query.get("kind", ""), one_line(query.get("name", "")))
    columns, rows = terminal.size
    try:
        hello = {
            "offset": viewer.offset,
            "life": terminal.life,
            "pid": terminal.pid,
            "cols": columns,
            "rows": rows,
            "title": terminal.title,
            "modes": terminal.switches.at(viewer.offset),
        }
        if wished < 0 < viewer.offset:
            terminal.repaint()
        await connection.send(json.dumps(hello))
        async with asyncio.TaskGroup() as group:
            output = group.create_task(_send(connection, terminal, viewer), name="terminal-output")
            await _receive(connection, terminal, viewer)
            output.cancel()
    except* ConnectionClosed:
        pass  # gone; the shell lives on
    finally:
        terminal.audience.leave(viewer)


async def _line(history: History, offset: int) -> int:
    """Return where a line begins, at a negative offset or soon after it."""
    first, data = await history.read(offset, LONGEST)
    found = data.find(b"\n")
    return first if first == history.begin or found < 0 else first + found + 1


async def _send(connection: ServerConnection, terminal: Terminal, viewer: Viewer) -> None:
    while (part := await viewer.next()) is not None:
        if isinstance(part, dict) and "offset" in part:
            part["modes"] = terminal.switches.at(part["offset"])
        await connection.send(part if isinstance(part, bytes) else json.dumps(part))
        # send() waits only when the connection is full, and others have a right to their turns
        await asyncio.sleep(0)
    await connection.close(ENDED, "ended")


async def _receive(connection: ServerConnection, terminal: Terminal, viewer: Viewer) -> None:
    async for message in connection:
        if isinstance(message, bytes):
            terminal.type(viewer, message)
            await terminal.room()
            continue
        try:
            said = json.loads(message)
        except ValueError:
            continue
        if isinstance(said, dict):
            _heed(terminal, viewer, said)


def _heed(terminal: Terminal, viewer: Viewer, said: Mapping[str, Any]) -> None:
    """Do what a viewer's text says; what is nonsense says nothing."""
    columns, rows, shown, focused = (
        said.get(name) for name in ("cols", "rows", "shown", "focused")
    )
    if type(columns) is int and type(rows) is int:
        terminal.audience.fit(viewer, columns, rows)
    if type(shown) is int and shown >= 0:
        viewer.shown(shown)
    if isinstance(focused, bool):
        terminal.audience.focus(viewer, focused=focused)


def _offset(text: str) -> int:
    digits = text.removeprefix("-")
    good = digits.isascii() and digits.isdecimal() and len(digits) < 19
    return int(text) if good else 0
