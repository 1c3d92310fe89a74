"""Who is let in (the gateway), and what everybody who is may do: what a person can here."""

import asyncio
import hmac
import socket
from hashlib import sha256

import asyncssh
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from supervisor.sshd.sessions import Session

IDLE = 120.0
"""Seconds without a connection after which the process ends; the next client starts it anew."""
LOGIN = 20.0
"""Seconds for the gateway to prove itself."""


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What the supervisor tells."""

    digest: str
    """Hex SHA-256 of the password by which the gateway is known."""
    seed: str
    """Hex of the host key's 32 secret bytes."""
    shell: str
    folder: str
    """Where shells begin; commands and copies begin in the home, as they do everywhere."""


class Server(asyncssh.SSHServer):
    """One connection of the gateway's."""

    def __init__(self, setup: Setup, present: set["Server"], left: asyncio.Event) -> None:
        self._setup = setup
        self._present = present
        self._left = left
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._present.add(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        self._present.discard(self)
        self._left.set()

    def begin_auth(self, _username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def kbdint_auth_supported(self) -> bool:
        return False

    def validate_password(self, _username: str, password: str) -> bool:
        """Tell whether this is the gateway."""
        return hmac.compare_digest(sha256(password.encode()).hexdigest(), self._setup.digest)

    def session_requested(
        self,
    ) -> tuple[asyncssh.SSHServerChannel[bytes], asyncssh.SSHServerSession[bytes]]:
        """Make a session; what it is for is asked later."""
        assert self._connection is not None, "asked after connection_made"
        channel = self._connection.create_server_channel(encoding=None)
        return channel, Session(self._setup.shell, self._setup.folder)

    def connection_requested(self, _host: str, _port: int, _from: str, _from_port: int) -> bool:
        """Let everything be reached that a program in the workspace reaches."""
        return True

    def unix_connection_requested(self, _path: str) -> bool:
        return True

    def server_requested(self, _host: str, _port: int) -> bool:
        return True

    def unix_server_requested(self, _path: str) -> bool:
        return True


async def serve(listening: socket.socket, setup: Setup, idle: float = IDLE) -> None:
    """Serve until nobody is connected for `idle` seconds."""
    present, left = set[Server](), asyncio.Event()
    acceptor = await asyncssh.listen(
        sock=listening,
        config=None,
        server_factory=lambda: Server(setup, present, left),
        server_host_keys=[_host_key(bytes.fromhex(setup.seed))],
        server_version="Podium-workspace",
        encoding=None,
        line_editor=False,
        agent_forwarding=True,
        x11_forwarding=False,
        login_timeout=LOGIN,
        keepalive_interval=0,
        compression_algs=("none",),
    )
    while True:
        left.clear()
        try:
            async with asyncio.timeout(idle):
                await left.wait()
        except TimeoutError:
            if not present:
                acceptor.close()
                return


def _host_key(seed: bytes) -> asyncssh.SSHKey:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return asyncssh.import_private_key(
        key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    )
