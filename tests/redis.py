"""A real Redis, from Debian's package, on a free port and in memory alone."""

import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port
from tests.waiting import until


class Server:
    """One that can be killed and begun again, on the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def begin(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        guarded = ["setpriv", "--pdeathsig", "KILL", *command]
        with (self._folder / "log").open("a") as log:
            self._running = subprocess.Popen(guarded, stdout=log, stderr=log)
        until(self.answers, timeout=60)

    def kill(self) -> None:
        if self._running is not None:
            self._running.send_signal(signal.SIGKILL)
            self._running.wait(60)
            self._running = None

    def signal(self, number: signal.Signals) -> None:
        assert self._running is not None
        self._running.send_signal(number)

    def answers(self) -> bool:
        with socket.socket() as tried:
            tried.settimeout(5)
            if tried.connect_ex(("127.0.0.1", self.port)):
                return False
            tried.sendall(b"PING\r\n")
            return tried.recv(16).startswith(b"+PONG")


@contextmanager
def serving() -> Iterator[Server]:
    """Yield one that runs."""
    folder = Path(tempfile.mkdtemp(prefix="podium-redis-"))
    server = Server(folder)
    try:
        server.begin()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder)
