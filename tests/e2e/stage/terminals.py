"""A supervisor's terminals and their page, without a workspace around them, for pictures and keys.

A process of its own, since a supervisor reaps whatever ends. What a browser asks for goes to
the person's socket, as the proxy would pass it on after its proof. The shell is a plain one, so
that its screen is the same on every day. Words on stdin: `cut` ends every connection and lets no
other in, `back` does again, `left 200` says when the workspace stops, `ide terminal` what it
opens with.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cli.setup.sources import read
from cli.setup.terminals import gather, write
from supervisor.api.server import Api
from supervisor.api.table import PREFIX, Table
from supervisor.host.processes import Account
from supervisor.host.soundness import Soundness
from supervisor.settings import Settings
from supervisor.subjects.context import Context
from supervisor.subjects.terminals import TerminalsSubject
from supervisor.subjects.web import WebSubject
from tests.ports import free_port
from tests.supervisor.samples import wish

ROOT = Path(__file__).resolve().parents[3]
HOST = "demo.ws.localhost"
"""Browsers find loopback under every such name."""
VENDOR = ROOT / "frontend/static/vendor"


class TerminalsStage:
    """The page's address, and a way to speak to its process."""

    def __init__(self, folder: Path, port: int, process: "subprocess.Popen[str]") -> None:
        self.folder = folder
        self.origin = f"http://{HOST}:{port}"
        self.page = f"{self.origin}{PREFIX}/terminals"
        self._process = process

    def say(self, words: str) -> None:
        """Tell it something, and wait until it has done so."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{words}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"


@contextmanager
def terminals_stage() -> Iterator[TerminalsStage]:
    """Serve while the block runs."""
    with tempfile.TemporaryDirectory(prefix="stage-") as name:
        folder, port = Path(name), free_port()
        write(gather(read(ROOT), VENDOR), folder / "web")
        process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, name, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        stage = TerminalsStage(folder, port, process)
        try:
            stage.say("begin")
            yield stage
        finally:
            process.communicate(timeout=20)


class _Served:
    """What the process holds."""

    def __init__(self, folder: str, port: int) -> None:
        self.folder = folder
        self.port = port
        self.left: float | None = None
        self.away = False
        self.open: set[asyncio.StreamWriter] = set()
        settings = Settings.from_environ(
            {
                "SUPERVISOR_LOCAL_SOCKET": f"{folder}/gp.sock",
                "SUPERVISOR_CHECKOUT_MARKER": f"{folder}/state/marker",
                "SUPERVISOR_WEB": f"{folder}/web",
            }
        )
        for name in ("state", "demo"):
            Path(folder, name).mkdir()
        shell = Path(folder, "sh")
        shell.write_text("#!/bin/sh\nPS1='$ ' exec /bin/sh\n")
        shell.chmod(0o755)
        self.context = Context(settings, "", 0.0)
        self.context.account = Account(os.getuid(), os.getgid(), "person", folder, str(shell))
        self.wish("vscode")

    def wish(self, ide: str) -> None:
        origin = f"http://{HOST}:{self.port}"
        environment = {
            "GITPOD_WORKSPACE_URL": origin,
            "GITPOD_HOST": "http://podium.localhost:8080",
            "HISTFILE": "/dev/null",
        }
        folder = f"{self.folder}/demo"
        self.context.accept(wish(name="demo", repository=folder, environment=environment, ide=ide))

    async def run(self) -> None:
        context = self.context
        context.reaper.install()
        sound = Soundness(context.account, context.changed)
        terminals = TerminalsSubject(context, lambda: None, sound)
        web = WebSubject(context, lambda: self.left)
        api = Api(Table([*terminals.endpoints(), *web.endpoints()]), lambda: "")
        async with asyncio.TaskGroup() as group:
            context.live_in(group)
            await api.on_socket(context.settings.local_socket, context.account)
            await asyncio.start_server(self._pass_on, "127.0.0.1", self.port)
            loop = asyncio.get_running_loop()
            while words := (await loop.run_in_executor(None, sys.stdin.readline)).split():
                self._heed(*words)
                print("done", flush=True)
            for one in terminals.all.alive:
                one.running.signal_group(9)
                await one.running.exited
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()

    def _heed(self, word: str, value: str = "") -> None:
        if word in {"cut", "back"}:
            self.away = word == "cut"
            for one in list(self.open):
                one.transport.abort()
        elif word == "left":
            self.left = float(value)
        elif word == "ide":
            self.wish(value)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass a connection on to the socket, its first line without the prefix."""
        if self.away:
            writer.transport.abort()
            return
        self.open.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n")
            inner, outer = await asyncio.open_unix_connection(f"{self.folder}/gp.sock")
            outer.write(head.replace(f" {PREFIX}/".encode(), b" /", 1))
            await asyncio.gather(_copy(reader, outer), _copy(inner, writer))
        writer.close()
        self.open.discard(writer)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    target.close()


if __name__ == "__main__":
    with suppress(asyncio.CancelledError):
        asyncio.run(_Served(sys.argv[1], int(sys.argv[2])).run())
