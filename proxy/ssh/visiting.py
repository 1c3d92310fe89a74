"""A client's connection: proves itself, waits for its workspace, and is joined to it."""

import asyncio
import socket
import time
from collections.abc import Sequence
from typing import Protocol

import asyncssh
from asyncssh.connection import SSHServerConnection, SSHServerConnectionOptions

from proxy.core.sshuse import Use
from proxy.core.tries import Tries
from proxy.ssh.asking import Away, Server
from proxy.ssh.inside import InsideConnection
from proxy.ssh.joined import Joined
from wire.ids import is_workspace_id
from wire.problems import Problem
from wire.ssh import Authenticate, Known

HELP = (
    "No key of yours is known here. Add one at {dashboard}/settings, or paste the password for "
    "ten minutes that the workspace's page makes."
)
_KEPT_ALIVE = (
    (socket.TCP_KEEPIDLE, 30),
    (socket.TCP_KEEPINTVL, 15),
    (socket.TCP_KEEPCNT, 4),
    (socket.TCP_USER_TIMEOUT, 120_000),
)
"""Seconds, and milliseconds at last, after which a client that has vanished is noticed. The kernel
asks, not SSH: answers to questions of ours would get between those that pass through."""
_UNAVAILABLE = asyncssh.DISC_SERVICE_NOT_AVAILABLE


class House(Protocol):
    """What all visitors share."""

    server: Server
    tries: Tries
    dashboard: str

    def came(self, visitor: "VisitorConnection") -> bool:
        """Take a connection in; false when there are too many."""

    def went(self, visitor: "VisitorConnection") -> None:
        """A connection is gone."""

    async def lead_in(self, visitor: "VisitorConnection") -> InsideConnection:
        """Return the workspace's end; raises asyncssh.DisconnectError with words for the person."""


class VisitorConnection(Joined, SSHServerConnection):
    """The connection of a client."""

    def __init__(
        self,
        house: House,
        options: SSHServerConnectionOptions,
        workspace: str = "",
        known: Known | None = None,
        address: str = "",
    ) -> None:
        """`workspace` and `known` are given when the way here has proven both."""
        super().__init__(asyncio.get_running_loop(), options)
        self.house = house
        self.workspace = workspace
        self.known = known
        self.proven_before = known is not None
        self.address = address
        self.instance = ""
        self.use = Use(time.monotonic())

    async def send_userauth_success(self) -> None:
        """Tell the client that it is in, once it is: until then it is shown what is waited for.

        What asyncssh calls this for has been proven; nothing of a workspace is touched before.
        """
        self._cancel_login_timer()
        inside = await self.house.lead_in(self)
        if self.is_closed():
            inside.abort()
            return
        inside.join(self)
        self.join(inside)
        self.watch, inside.watch = self.use.from_client, self.use.from_inside
        await super().send_userauth_success()

    def end(self, words: str) -> None:
        """End the connection and say why."""
        self.disconnect(asyncssh.DISC_BY_APPLICATION, words)


class Visitor(asyncssh.SSHServer):
    """Asyncssh's questions about a client."""

    def __init__(self) -> None:
        self._connection: VisitorConnection | None = None

    @property
    def connection(self) -> VisitorConnection:
        """Return the connection."""
        assert self._connection is not None, "asked after connection_made"
        return self._connection

    def connection_made(self, conn: SSHServerConnection) -> None:
        """Take the client in, unless there are too many or it has failed too often."""
        assert isinstance(conn, VisitorConnection)
        self._connection = conn
        connected = conn.get_extra_info("socket")
        if connected.family != socket.AF_UNIX:
            for option, value in _KEPT_ALIVE:
                connected.setsockopt(socket.IPPROTO_TCP, option, value)
        conn.address = conn.address or str(conn.get_extra_info("peername", ("",))[0])
        if not conn.house.came(conn) or conn.house.tries.over(conn.address, time.monotonic()):
            conn.abort()

    def connection_lost(self, _exc: Exception | None) -> None:
        """Let the workspace's end go too."""
        conn = self.connection
        conn.house.went(conn)
        if conn.peer is not None:
            conn.peer.abort()

    def begin_auth(self, username: str) -> bool:
        """Tell whether anything is left to prove."""
        conn = self.connection
        if not conn.workspace or not conn.proven_before:
            conn.workspace = username if is_workspace_id(username) else "-"
        return not conn.proven_before

    def public_key_auth_supported(self) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def kbdint_auth_supported(self) -> bool:
        return True

    async def validate_public_key(self, _username: str, key: asyncssh.SSHKey) -> bool:
        """Tell whether the key is somebody's; asyncssh makes sure that the client has it."""
        algorithm, content = key.export_public_key().decode().split()[:2]
        return await self._authenticate(key=f"{algorithm} {content}")

    async def validate_password(self, _username: str, password: str) -> bool:
        """Tell whether the password is of the workspace."""
        return await self._authenticate(token=password[:200])

    def get_kbdint_challenge(
        self, _username: str, _lang: str, _submethods: str
    ) -> tuple[str, str, str, list[tuple[str, bool]]]:
        """Ask for a password, and say where there is one."""
        words = HELP.format(dashboard=self.connection.house.dashboard)
        return "", words, "", [("Password: ", False)]

    async def validate_kbdint_response(self, _username: str, responses: Sequence[str]) -> bool:
        """Tell whether the answer is a password of the workspace."""
        return len(responses) == 1 and await self._authenticate(token=responses[0][:200])

    async def _authenticate(self, key: str = "", token: str = "") -> bool:
        conn = self.connection
        now = time.monotonic()
        if conn.house.tries.over(conn.address, now):
            raise asyncssh.DisconnectError(_UNAVAILABLE, "Too many tries; wait a minute")
        asked = Authenticate(workspace=conn.workspace, key=key, token=token.strip())
        try:
            conn.known = await conn.house.server.authenticate(asked) if key or token else None
        except Away as error:
            raise asyncssh.DisconnectError(
                _UNAVAILABLE, "Podium is starting, or has stopped; try again"
            ) from error
        if conn.known is None:
            conn.house.tries.failed(conn.address, now)
        return conn.known is not None


def spoken(problem: Problem) -> str:
    """Return a problem in a line or two."""
    parts = [one.rstrip(".") for one in (problem.title, problem.detail, problem.cure) if one]
    return ". ".join(parts) + "."
