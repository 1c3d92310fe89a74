"""`gp tasks`: the list, and a task's terminal in this one."""

import argparse
import contextlib
import json
import os
import select
import signal
import sys
import termios
import threading
import tty
from collections.abc import Iterator, Mapping
from typing import Any

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, unix_connect

from supervisor.cli.client import Client, NotServed
from supervisor.cli.table import table

LEAVE = b"\x1c"
"""Ctrl+\\: leaves the terminal and lets it run."""
_READ = 65536
_WITHOUT = {
    "untrusted": ": this repository is not trusted, so nothing of it runs",
    "no_code": ": the code could not be checked out",
}


def show(found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """Print the tasks."""
    told = client.get("/v1/tasks")
    if found.json:
        sys.stdout.write(json.dumps(told["tasks"], indent=2) + "\n")
        return 0
    for fault in told["faults"]:
        place = f", {fault['field']}" if fault["field"] else ""
        sys.stderr.write(f"{told['file']} line {fault['line']}{place}: {fault['cause']}\n")
    rows = [[one["id"], one["name"], _state(one)] for one in told["tasks"]]
    none = f"There are no tasks{_WITHOUT.get(told.get('without', ''), '')}.\n"
    sys.stdout.write(table(("Id", "Name", "State"), rows) if rows else none)
    return 0


def _state(task: Mapping[str, Any]) -> str:
    if task["state"] == "failed":
        return f"failed with {task['exit_code']}"
    return str(task["state"])


def attach(found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """Show a terminal until it ends or is left; returns the task's exit code."""
    task = _chosen(client, found.id)
    try:
        with unix_connect(
            client.path, f"ws://localhost/v1/terminals/{task}?kind=gp", compression=None, proxy=None
        ) as connection:
            left = _relay(connection)
    except (OSError, WebSocketException) as error:
        raise NotServed(f"the terminal of {task} cannot be shown: {error}") from error
    if left:
        sys.stdout.write(f"\r\nLeft; `gp tasks attach {task}` comes back.\r\n")
        return 0
    ended = [one for one in client.get("/v1/tasks")["tasks"] if one["id"] == task]
    return int(ended[0]["exit_code"]) if ended else 0


def _chosen(client: Client, wished: str | None) -> str:
    open_ones = [one for one in client.get("/v1/tasks")["tasks"] if one["open"]]
    known = [str(one["id"]) for one in open_ones]
    if wished is None and len(known) == 1:
        return known[0]
    if wished is None:
        names = ", ".join(f"{one['id']} ({one['name']})" for one in open_ones)
        raise NotServed(f"Which one? {names}" if known else "No task has a terminal.")
    if wished not in known:
        raise NotServed(f"there is no open task {wished}; `gp tasks list` tells which there are")
    return wished


def _relay(connection: ClientConnection) -> bool:
    """Relay until the terminal ends (False) or the person leaves (True)."""
    reading, writing = os.pipe()
    output = threading.Thread(target=_show, args=(connection, writing), daemon=True)
    with _raw():
        _tell_size(connection)
        _tell(connection, {"focused": True})
        signal.signal(signal.SIGWINCH, lambda *_: _tell_size(connection))
        output.start()
        while True:
            ready, _, _ = select.select([0, reading], [], [])
            if reading in ready:
                return False
            data = os.read(0, _READ)
            if not data or LEAVE in data:
                return True
            with contextlib.suppress(ConnectionClosed):
                connection.send(data)


def _show(connection: ClientConnection, ended: int) -> None:
    try:
        for message in connection:
            if isinstance(message, bytes):
                _write(message)
    finally:
        os.write(ended, b".")


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


def _tell_size(connection: ClientConnection) -> None:
    with contextlib.suppress(OSError):
        columns, rows = os.get_terminal_size(1)
        _tell(connection, {"cols": columns, "rows": rows})


def _tell(connection: ClientConnection, facts: Mapping[str, object]) -> None:
    with contextlib.suppress(ConnectionClosed):
        connection.send(json.dumps(facts))


@contextlib.contextmanager
def _raw() -> Iterator[None]:
    if not os.isatty(0):
        yield
        return
    before = termios.tcgetattr(0)
    try:
        tty.setraw(0)
        yield
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)
