"""`python -m proxy` as real processes between stand-ins, and what can be done to them."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from kit.listening import Sockets, descriptors, spell
from tests.byage import by_age
from tests.proxy.net.whole import Whole
from tests.waiting import until

PATIENCE = 60
"""Seconds for Pythons to start one after the other on a busy machine."""
CHECKOUT = Path(__file__).resolve().parents[3]


class Processes(Whole):
    """The proxy of `Whole`, but in processes of its own; sockets may be the test's."""

    sockets: Sockets
    process: asyncio.subprocess.Process | None = None
    workers: int = 1
    drain: int = 20
    extra: Mapping[str, str] = MappingProxyType({})

    @property
    def log(self) -> Path:
        return self.folder / "proxy.log"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PODIUM_HOME": str(self.layout.home),
            "PODIUM_RUN_ROOT": str(self.layout.run_root),
            "PODIUM_BASE_URL": "http://podium.localhost:8080",
            "PODIUM_PORT": str(self.port or 1),
            "PODIUM_PROXY_WORKERS": str(self.workers),
            "PODIUM_DRAIN": str(self.drain),
            **self.extra,
        }

    async def start_proxy(self) -> None:
        if not hasattr(self, "sockets"):
            self.sockets = {"public": [socket.create_server(("127.0.0.1", 0))]}
        self.port = self.sockets["public"][0].getsockname()[1]
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "proxy",
                "--sockets",
                spell(self.sockets),
                env=self.environment,
                pass_fds=descriptors(self.sockets),
                stderr=log,
            )

    async def stop_proxy(self, patience: float = 0.0) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await until(lambda: not self.pids(), PATIENCE)

    async def stop(self) -> None:
        await super().stop()
        for one in self.sockets["public"]:
            one.close()

    # --- what is there, and what is done to it ---

    def pids(self) -> list[int]:
        """Every worker of this installation, also those whose master is gone."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().split(b"\0")
                environment = (folder / "environ").read_bytes()
            except OSError:
                continue
            ours = f"PODIUM_HOME={self.layout.home}\0".encode() in environment
            if ours and b"proxy.worker" in command:
                found.append(int(folder.name))
        return found

    def count(self, event: str) -> int:
        """How often the log tells of an event."""
        return self.log.read_text().count(f'"event": "{event}"')

    async def serves(self, workers: int = 0) -> None:
        """Return when so many workers have ever become ready."""
        await until(lambda: self.count("worker_ready") >= (workers or self.workers), PATIENCE)

    async def renew(self) -> None:
        """Renew the workers; returns when all of them have been told to leave."""
        assert self.process is not None
        before = self.count("worker_leaving")
        self.process.send_signal(signal.SIGHUP)
        await until(lambda: self.count("worker_leaving") == before + self.workers, PATIENCE)

    def kill_worker(self) -> None:
        """Kill the newest worker."""
        os.kill(by_age(self.pids())[-1], signal.SIGKILL)

    async def kill_master(self) -> None:
        """Kill the master, and start another, as the launcher would."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()
        await self.start_proxy()
