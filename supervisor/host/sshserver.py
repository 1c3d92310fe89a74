"""Listens for SSH from the start on, and starts the server of it when somebody comes.

The server needs a quarter of a second and 50 MB that most workspaces never use. It is given the
listening socket, serves, and ends when everybody has left; the socket stays here.
"""

import asyncio
import json
import os
import socket
import sys
from collections.abc import Callable, Mapping

from supervisor.host.journal import note
from supervisor.host.processes import Account, start
from supervisor.host.reaper import Reaper
from wire.agent import Desired
from wire.ssh import host_seed, login_digest, login_password

BACKLOG = 64
PAUSE = 1.0
"""Seconds before a server that has ended is started again, so that a broken one costs little."""
BOOT = "/.supervisor/site/sshd.py"


def command() -> list[str]:
    """Return how the server is run: from the bundle, or from the sources in tests."""
    if os.path.exists(BOOT):  # noqa: PTH110 - lean start, no pathlib
        return [sys.executable, "-I", "-S", "-X", "utf8", BOOT]
    return [sys.executable, "-m", "supervisor.sshd"]


class SshServer:
    """Keeps the port."""

    def __init__(
        self,
        reaper: Reaper,
        account: Account,
        desired: Callable[[], Desired | None],
        environment: Callable[[Desired], Mapping[str, str]],
    ) -> None:
        self._reaper = reaper
        self._account = account
        self._desired = desired
        self._environment = environment

    async def serve(self, port: int) -> None:
        """Serve until cancelled; without the port, say so and be done."""
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", port))
            listening.listen(BACKLOG)
        except OSError as error:  # nobody comes in by ssh then; everything else works
            note("ssh_not_served", error=str(error))
            listening.close()
            return
        with listening:
            while True:
                await _readable(listening)
                desired = self._desired()
                if desired is not None and desired.key:
                    await self._run(listening, desired)
                await asyncio.sleep(PAUSE)

    async def _run(self, listening: socket.socket, desired: Desired) -> None:
        setup = {
            "digest": login_digest(login_password(desired.key)),
            "seed": host_seed(desired.key).hex(),
            "shell": self._account.shell,
            "folder": desired.repository,
        }
        reading, writing = os.pipe()
        try:
            os.write(writing, json.dumps(setup).encode())  # less than a pipe holds
            running = start(
                self._reaper,
                [*command(), str(listening.fileno())],
                self._account,
                cwd="/",
                environment=self._environment(desired),
                stdin=reading,
                passed=(listening.fileno(),),
            )
        except OSError as error:
            note("ssh_not_started", error=str(error))
            return
        finally:
            os.close(reading)
            os.close(writing)
        note("ssh_started", pid=running.pid)
        code = await running.exited
        note("ssh_ended", code=code)


async def _readable(listening: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    came = asyncio.Event()
    loop.add_reader(listening, came.set)
    try:
        await came.wait()
    finally:
        loop.remove_reader(listening)
