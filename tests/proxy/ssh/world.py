"""A gateway with a workspace behind it: a stand-in for server and daemon, real SSH at both ends."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh
import msgspec
from aiohttp import web

from kit.tasks import Tasks
from proxy.net.dial import Dialer
from proxy.net.inward import Ways
from proxy.ssh.asking import Server
from proxy.ssh.gateway import Gateway
from supervisor.sshd.server import serve as serve_inside
from tests.proxy.net.standins import Node
from tests.supervisor.sshd.conftest import KEY, setup_in
from wire.problems import CONTENT_TYPE, Problem
from wire.ssh import (
    AUTHENTICATE_PATH,
    ENTER_PATH,
    HELD_PATH,
    SSH_PORT,
    Authenticate,
    Enter,
    Entry,
    HeldAll,
    Known,
    Void,
)

WORKSPACE = "amber-otter-4k2hw9xz1q"
INSTANCE = f"{WORKSPACE}.1"
ALICE = Known(user="alice", credential="key:k_1")
READY = Entry(ready=True, instance=INSTANCE, key=KEY)


@dataclass
class Truth:
    """What the server says, and what it was asked."""

    keys: dict[str, Known] = field(default_factory=dict)
    tokens: dict[str, Known] = field(default_factory=dict)
    entries: list[Entry | Problem] = field(default_factory=lambda: [READY])
    """Answers of `enter` in turn; the last one stays."""
    void: dict[int, str] = field(default_factory=dict)
    entered: list[Enter] = field(default_factory=list)
    held: list[HeldAll] = field(default_factory=list)

    async def authenticate(self, request: web.Request) -> web.Response:
        asked = msgspec.json.decode(await request.read(), type=Authenticate)
        found = self.keys.get(asked.key) or self.tokens.get(f"{asked.workspace} {asked.token}")
        return _said(found or Problem(code="ssh_refused", title="No", status=403))

    async def enter(self, request: web.Request) -> web.Response:
        self.entered.append(msgspec.json.decode(await request.read(), type=Enter))
        return _said(self.entries.pop(0) if len(self.entries) > 1 else self.entries[0])

    async def hold(self, request: web.Request) -> web.Response:
        self.held.append(msgspec.json.decode(await request.read(), type=HeldAll))
        return _said(Void(void=self.void))


def _said(answer: msgspec.Struct) -> web.Response:
    status = answer.status if isinstance(answer, Problem) else 200
    kind = CONTENT_TYPE if isinstance(answer, Problem) else "application/json"
    return web.Response(body=msgspec.json.encode(answer), status=status, content_type=kind)


@dataclass
class House:
    """What a test plays with."""

    gateway: Gateway
    truth: Truth
    port: int
    key: asyncssh.SSHKey
    folder: Path

    def connect(self, user: str = WORKSPACE, **changed: object) -> "asyncssh.misc._ACMWrapper":
        """Connect as a client with alice's key; nothing of whoever runs the tests counts."""
        options: dict[str, object] = {
            "config": None,
            "username": user,
            "client_keys": [self.key],
            "known_hosts": None,
            "agent_path": None,
        }
        return asyncssh.connect("127.0.0.1", self.port, **{**options, **changed})  # type: ignore[arg-type] # a test's own words


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    truth, tasks, key = Truth(), Tasks(), asyncssh.generate_private_key("ssh-ed25519")
    truth.keys[" ".join(key.export_public_key().decode().split()[:2])] = ALICE
    app = web.Application()
    for path, answer in (
        (AUTHENTICATE_PATH, truth.authenticate),
        (ENTER_PATH, truth.enter),
        (HELD_PATH, truth.hold),
    ):
        app.router.add_post(path, answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, str(folder / "internal.sock")).start()
    node = Node(str(folder / "dial.sock"))
    node.start()
    inside = socket.create_server(("127.0.0.1", 0))
    inside.setblocking(False)
    node.ports[INSTANCE, SSH_PORT] = inside.getsockname()[1]
    tasks.spawn(serve_inside(inside, setup_in(folder)), "inside")
    server, dialer = Server(str(folder / "internal.sock")), Dialer(str(folder / "dial.sock"))
    gateway = Gateway(
        server,
        Ways(dialer),
        [asyncssh.generate_private_key("ssh-ed25519")],
        "http://podium.localhost:8080",
    )
    listening = await asyncio.get_running_loop().create_server(gateway.visit, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield House(gateway, truth, port, key, folder)
    finally:
        listening.close()
        await gateway.drain()
        dialer.close()
        await server.close()
        await node.stop()
        await tasks.close()
        inside.close()
        await runner.cleanup()
