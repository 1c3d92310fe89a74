"""Podman for the person: its folders, and its API from the first question on.

The socket is ours, the service behind it podman's: it is started by the first who connects
and ends when nobody has asked for a minute, so that a workspace without containers pays
nothing. docker's command and compose, and whatever knows docker's socket, use the same.
"""

import asyncio
import os
import socket

from supervisor.core.environment import PATH
from supervisor.host.journal import note
from supervisor.host.output import output_of
from supervisor.host.processes import Account, Running, start
from supervisor.host.reaper import Reaper

PROGRAM = "/usr/bin/podman"
TUNNEL = "/dev/net/tun"
"""There only where containers are allowed."""
RUNTIME = "/run/user"
DOCKER = "/run/docker.sock"
"""Where docker's programs look when nobody tells them."""
IDLE = 60
"""Seconds after which a service that nobody uses ends."""
STOP = 3
"""Seconds between TERM and KILL of containers when the workspace stops."""
PAUSE = 1.0
"""Seconds after a service that failed, so that one that cannot start does not spin."""
_SERVE = f'exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" system service --time={IDLE}'
"""The socket comes as stdin; podman wants it as descriptor 3."""


class Engine:
    """Podman of one person. `environment` is what finds it."""

    def __init__(
        self,
        reaper: Reaper,
        account: Account,
        *,
        program: str = PROGRAM,
        tunnel: str = TUNNEL,
        runtime: str = RUNTIME,
        docker: str = DOCKER,
    ) -> None:
        self.environment: dict[str, str] = {}
        self._reaper = reaper
        self._account = account
        self._program = program
        self._tunnel = tunnel
        self._folder = f"{runtime}/{account.uid}"
        self._docker = docker
        self._listener: socket.socket | None = None

    def open(self) -> None:
        """Make the runtime folder, and the socket where containers can run."""
        try:
            _make(self._folder, self._account)
            self.environment = {"XDG_RUNTIME_DIR": self._folder}
            if os.access(self._program, os.X_OK) and os.path.exists(self._tunnel):  # noqa: PTH110 - lean start, no pathlib
                path = f"{self._folder}/podman/podman.sock"
                self._listen(path)
                self.environment["DOCKER_HOST"] = f"unix://{path}"
        except OSError as error:  # a full disk must not keep the workspace from starting
            note("engine_not_opened", error=str(error))

    async def serve(self) -> None:
        """Start podman's service whenever somebody connects."""
        if self._listener is None:
            return
        with self._listener as listener:
            while True:
                await _readable(listener)
                code = await self._service(listener).exited
                if code != 0:
                    note("engine_service_failed", code=code)
                    await asyncio.sleep(PAUSE)

    async def stop(self) -> None:
        """Let containers end in order, if there are any."""
        if self._listener is None or not _containers_run():
            return
        command = [self._program, "stop", "--all", "--ignore", f"--time={STOP}"]
        environment, seconds = self._own_environment(), STOP + 1.0
        try:
            await output_of(
                command, self._reaper, self._account, environment, cwd="/", seconds=seconds
            )
        except OSError as error:
            note("engine_not_stopped", error=str(error))

    def _service(self, listener: socket.socket) -> Running:
        return start(
            self._reaper,
            ["/bin/sh", "-c", _SERVE, self._program],
            self._account,
            cwd=self._account.home,
            environment=self._own_environment(),
            stdin=listener.fileno(),
        )

    def _own_environment(self) -> dict[str, str]:
        account = self._account
        own = {"HOME": account.home, "USER": account.name, "PATH": os.environ.get("PATH", PATH)}
        return {**own, "XDG_RUNTIME_DIR": self._folder}

    def _listen(self, path: str) -> None:
        _make(os.path.dirname(path), self._account)  # noqa: PTH120 - lean start, no pathlib
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        listener.bind(path)
        os.chmod(path, 0o600)  # noqa: PTH101 - lean start, no pathlib
        os.chown(path, self._account.uid, self._account.gid)
        listener.listen(128)
        self._listener = listener
        os.symlink(path, self._docker)  # noqa: PTH211 - lean start, no pathlib


async def _readable(listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    came = asyncio.Event()
    loop.add_reader(listener, came.set)
    try:
        await came.wait()
    finally:
        loop.remove_reader(listener)


def _make(folder: str, account: Account) -> None:
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - lean start, no pathlib
    os.chmod(folder, 0o700)  # noqa: PTH101 - lean start, no pathlib
    os.chown(folder, account.uid, account.gid)


def _containers_run() -> bool:
    """Tell whether a container's monitor runs."""
    for pid in os.listdir("/proc"):  # noqa: PTH208 - lean start, no pathlib
        if pid.isdecimal():
            try:
                with open(f"/proc/{pid}/comm") as file:  # noqa: PTH123 - lean start, no pathlib
                    if file.read().strip() == "conmon":
                        return True
            except OSError:  # ended meanwhile
                continue
    return False
