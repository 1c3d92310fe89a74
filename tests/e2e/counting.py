"""A terminal that counts, and viewers who count its bytes while the platform is killed below them.

What the terminal's program writes it also writes to a file of the workspace, so that both sides
can be compared: what was written, and what each viewer was given.
"""

import hashlib
import http.client
import json
import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.e2e.inside import cookie_of
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace
from tests.e2e.patience import until

PATH = "/_supervisor/v1/terminals"
SCRIPT = """
stty -opost -echo; at=0
while [ ! -e /workspace/{name}.enough ]; do
  seq -f %09.0f $at $((at + 99)); at=$((at + 100)); sleep 0.02
done | tee /workspace/{name}.written
"""
LINE = 10
"""Bytes of each."""
PIECE = 60_000
"""Bytes after which a viewer of a poor network loses its connection."""


class Terminals:
    """The terminals of a workspace, as a page of it has them through the proxy."""

    def __init__(self, installation: Installation, workspace: str, cookie: str) -> None:
        self.installation = installation
        self.origin = installation.ide(workspace)
        self.tree = installation.content(workspace) / "workspace"
        self._cookie = cookie

    @classmethod
    def of(cls, installation: Installation, workspace: Workspace, page: Page) -> "Terminals":
        """Return them with the grant that a page gets."""
        return cls(installation, workspace.id, cookie_of(page, installation, workspace.id))

    def ask(self, method: str, path: str, document: object = None) -> tuple[int, Any]:
        """Return status and document."""
        connection = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=60)
        try:
            fields = {"Host": self.origin.partition("//")[2], "Origin": self.origin}
            fields |= {"Cookie": self._cookie, "Content-Type": "application/json"}
            body = None if document is None else json.dumps(document)
            connection.request(method, PATH + path, body=body, headers=fields)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None
        finally:
            connection.close()

    def view(self, name: str, query: str) -> ClientConnection:
        """Connect as a viewer."""
        return connect(
            f"{self.origin.replace('http', 'ws', 1)}{PATH}/{name}?{query}",
            sock=socket.create_connection(("127.0.0.1", self.installation.port), timeout=10),
            origin=self.origin,  # type: ignore[arg-type] # a NewType of str
            additional_headers={"Cookie": self._cookie},
            open_timeout=60,
            close_timeout=1,
        )


class Watcher(threading.Thread):
    """A viewer who comes back until the terminal has ended. `poor` loses its connection often."""

    def __init__(self, terminals: Terminals, name: str, *, poor: bool = False) -> None:
        super().__init__(name=f"watcher of {name}", daemon=True)
        self.offset = 0
        self.connections = 0
        self.exit: dict[str, Any] | None = None
        self.faults: list[str] = []
        self._digest = hashlib.sha256()
        self._terminals = terminals
        self._terminal = name
        self._poor = poor
        self._life = ""
        self._given_up = threading.Event()

    @property
    def digest(self) -> str:
        """Of all that it was given."""
        return self._digest.hexdigest()

    def run(self) -> None:
        """Watch, and come back after every loss."""
        while self.exit is None and not self.faults and not self._given_up.is_set():
            query = f"kind=browser&offset={self.offset}&life={self._life}"
            lost = suppress(OSError, WebSocketException, EOFError, ConnectionClosed)
            with lost, self._terminals.view(self._terminal, query if self._life else "") as one:
                self._watch(one)
            self._given_up.wait(0.05)

    def give_up(self) -> None:
        """Come back no more."""
        self._given_up.set()

    def _watch(self, connection: ClientConnection) -> None:
        hello = json.loads(connection.recv(timeout=20))
        if (self._life or hello["life"], self.offset) != (hello["life"], hello["offset"]):
            self.faults.append(f"at {self.offset} of {self._life}, but was told {hello}")
            return
        self._life = hello["life"]
        self.connections += 1
        left = PIECE
        while not self._given_up.is_set():
            part = connection.recv(timeout=20)
            if isinstance(part, bytes):
                self._digest.update(part)
                self.offset += len(part)
                left -= len(part)
            elif "exit" in (told := json.loads(part)):
                self.exit = told["exit"]
                return
            elif "offset" in told:
                self.faults.append(f"a hole from {self.offset} to {told['offset']}")
                return
            if self._poor and left < 0:
                connection.socket.shutdown(socket.SHUT_RDWR)
                return


class Counter:
    """A terminal that counts until it is told that it is enough, and those who watch it."""

    def __init__(self, terminals: Terminals, name: str) -> None:
        self._terminals = terminals
        self.written = terminals.tree / f"{name}.written"
        self._enough = terminals.tree / f"{name}.enough"
        for path in (self.written, self._enough):
            path.unlink(missing_ok=True)
        command = ["/bin/bash", "-c", SCRIPT.format(name=name)]
        status, told = terminals.ask("POST", "", {"command": command, "title": "Counting"})
        assert status == 201, told
        self.id: str = told["id"]
        self.watchers = [Watcher(terminals, self.id, poor=poor) for poor in (False, True)]
        for one in self.watchers:
            one.start()

    def goes_on(self) -> None:
        """Return when every viewer has been given something new; says what is wrong."""
        before = [one.offset for one in self.watchers]

        def news() -> bool:
            assert not any(one.faults for one in self.watchers), self.told()
            return all(one.offset > at for one, at in zip(self.watchers, before, strict=True))

        until(news, timeout=90)

    def behind(self, size: int) -> tuple[str, int]:
        """Return a line that came so many bytes ago, or the first one, and its offset."""
        number = max(0, self.watchers[0].offset - size) // LINE
        return f"{number:09}", number * LINE

    def finish(self) -> None:
        """Let it end, and compare what was written with what each viewer was given."""
        self._enough.touch()
        for one in self.watchers:
            self._let_finish(one)
        data = self.written.read_bytes()
        assert data.startswith(b"000000000\n000000001\n")
        wanted = (len(data), hashlib.sha256(data).hexdigest(), {"code": 0, "signal": None}, [])
        for one in self.watchers:
            assert (one.offset, one.digest, one.exit, one.faults) == wanted, self.told()

    def _let_finish(self, one: Watcher) -> None:
        """Wait for as long as it is given something new: a poor network may be far behind."""
        before = -1
        while one.is_alive() and one.offset > before:
            before = one.offset
            one.join(60)

    def close(self) -> None:
        """Leave nothing behind, whatever happened."""
        self._enough.touch()
        for one in self.watchers:
            one.give_up()
        for path in (self.written, self._enough):
            path.unlink(missing_ok=True)

    def told(self) -> str:
        """Return how far everybody is."""
        written = self.written.stat().st_size if self.written.exists() else 0
        seen = [(one.offset, one.connections, one.exit, one.faults) for one in self.watchers]
        return f"written {written}, seen {seen}"


def kill(installation: Installation, name: str) -> None:
    """Kill one process of the platform, or `all`, and wait until it serves again."""
    processes = installation.platform_processes()
    victims = [one["pid"] for one in processes.values()] if name == "all" else []
    victims = victims or [processes[name]["pid"]]
    for pid in victims:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until(lambda: not any(_alive(pid) for pid in victims), timeout=20)
    if name in {"all", "launcher"}:
        up = installation.make("up")
        assert up.returncode == 0, up.stdout + up.stderr
    _soon(lambda: name in {"all", "launcher"} or _other(installation, name, victims[0]))
    _soon(lambda: installation.podium("workspace", "list").returncode == 0)


def _other(installation: Installation, name: str, before: int) -> bool:
    return int(installation.platform_processes().get(name, {}).get("pid") or before) != before


def _soon(wanted: Callable[[], object]) -> None:
    until(wanted, timeout=90)


def _alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
