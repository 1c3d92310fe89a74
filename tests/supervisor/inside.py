"""The supervisor out of its bundle as the first process of a root, and its platform outside."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.ports import free_port
from tests.supervisor.samples import wish
from tests.supervisor.standins import Platform
from tests.waiting import until
from wire.agent import Observed

INIT = ("/.supervisor/bin/python3", "-I", "-S", "-X", "utf8", "/.supervisor/site/boot.py")
TOKEN = "the-token"


class Inside:
    """One workspace in a root of its own; `mounts` are lines of a shell, run before it starts."""

    def __init__(self, folder: Path, bundle: Path) -> None:
        self.root = folder / "r"
        self.root.mkdir()
        self.folder = folder
        self.platform = Platform(self.root / "run/podium/server.sock", TOKEN)
        self.mounts: list[str] = []
        self.ports = {name: free_port() for name in ("API", "IDE", "SSH")}
        self.settings: dict[str, str] = {}
        self._bundle = bundle
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it, wait until it has called, and tell it what is wanted."""
        await self.platform.start()
        self.begin()
        await until(lambda: self.platform.connections, timeout=30)
        await self.platform.say(wish(repository="/workspace", ide="", environment={}))

    def begin(self) -> None:
        """Start pid 1 in namespaces that end with it."""
        (self.root / "run/podium/token").write_text(TOKEN)
        lines = ["set -e", f"mkdir -p {self.root}/.supervisor"]
        lines += [f"mount --bind {self._bundle} {self.root}/.supervisor"]
        lines += [f"mount -o remount,bind,ro {self.root}/.supervisor"]
        lines += [f"mount -t proc proc {self.root}/proc", f"mount --rbind /dev {self.root}/dev"]
        lines += self.mounts
        lines += [f'exec chroot {self.root} "$@"']
        command = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "sh", "-c", "\n".join(lines), "sh", *INIT],
                env={
                    "PATH": "/usr/local/bin:/bin:/usr/sbin:/usr/bin",
                    "SUPERVISOR_TOKEN_FILE": "/run/podium/token",
                    "SUPERVISOR_SERVER_SOCKET": "/run/podium/server.sock",
                    **{f"SUPERVISOR_{name}_PORT": str(port) for name, port in self.ports.items()},
                    **self.settings,
                },
                stderr=log,
            )

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def newest(self) -> Observed:
        return self.platform.observed[-1] if self.platform.observed else Observed(version=0)

    def session(self) -> aiohttp.ClientSession:
        """Talk to the person's socket."""
        path = str(self.root / "run/podium/gp.sock")
        return aiohttp.ClientSession("http://inside", connector=aiohttp.UnixConnector(path))

    async def type(self, line: str, wanted: str, terminal: str = "main") -> str:
        """Type a line into a terminal and return what it shows until `wanted` has come."""
        await until((self.root / "run/podium/gp.sock").exists, pause=0.001)
        async with self.session() as session:
            socket = await until(lambda: self._attach(session, terminal), pause=0.001)
            async with socket:
                await socket.send_bytes(f"{line}\n".encode())
                seen = ""
                while wanted not in seen:
                    message = await socket.receive(timeout=60)
                    assert message.type in {aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT}, seen
                    if message.type is aiohttp.WSMsgType.BINARY:
                        seen += message.data.decode(errors="replace")
                return seen

    async def _attach(
        self, session: aiohttp.ClientSession, terminal: str
    ) -> aiohttp.ClientWebSocketResponse | None:
        """Return a view of the terminal, None before there is one."""
        try:
            socket = await session.ws_connect(f"/v1/terminals/{terminal}")
        except OSError:  # not listening yet
            return None
        return socket if (await socket.receive()).type is aiohttp.WSMsgType.TEXT else None

    def pid(self) -> int:
        """Return the pid outside of the first process inside."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return int(children.read_text().split()[0])

    def signal(self, number: signal.Signals) -> None:
        """Send the first process a signal, as the node does."""
        os.kill(self.pid(), number)

    async def ended(self) -> int:
        """Return its exit code when it has one."""
        process = self._process
        assert process is not None
        (code,) = await until(
            lambda: process.poll() is not None and [process.returncode], timeout=30
        )
        return int(code)

    async def stop(self) -> None:
        """End whatever is left."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        await self.platform.stop()


@asynccontextmanager
async def inside(
    kind: Callable[[Path], None], bundle: Path, mounts: Sequence[str] = ()
) -> AsyncIterator[Inside]:
    """Make a root of a kind, to be started by the block; short paths, for sockets in it."""
    folder = Path(tempfile.mkdtemp(prefix="in", dir="/tmp"))
    folder.chmod(0o755)
    made = Inside(folder, bundle)
    made.mounts += mounts
    kind(made.root)
    try:
        yield made
    finally:
        await made.stop()
        shutil.rmtree(folder)
