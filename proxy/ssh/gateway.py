"""The gateway as a whole: every connection, what the server says about them, and the end."""

import asyncio
import time
from contextlib import suppress

import asyncssh
import structlog
from asyncssh.connection import SSHServerConnectionOptions

from kit.tasks import Tasks
from proxy.core.tries import Tries
from proxy.net.dial import UnreachableError
from proxy.net.inward import Inward
from proxy.ssh.asking import Away, Refused, Server
from proxy.ssh.inside import InsideConnection, sign_in
from proxy.ssh.visiting import Visitor, VisitorConnection, spoken
from wire.routes import NodeTarget
from wire.ssh import Enter, Entry, Held, Known

_log = structlog.get_logger(__name__)

MOST = 500
"""Connections at once; each takes some 100 KiB and four descriptors."""
MOST_UNPROVEN = 100
"""Of them, those that have not proven anything yet."""
MOST_UNPROVEN_OF_ONE = 20
"""Of one address: a stranger who only waits must not keep everybody out."""
LOGIN = 120.0
"""Seconds for a client to prove itself."""
EVERY = 2.0
"""Seconds between two looks at what has to end: a removed key's connections last no longer."""
AWAY_PAUSE = 0.5
"""Seconds before the server is asked again when it was away."""
PATIENCE = 60.0
"""Seconds for a server that is away to come back while a client waits."""
DRAIN = 4.0
"""Seconds for connections to end by themselves before they are ended; less than the launcher's."""


class Gateway:
    """Owns the connections."""

    def __init__(
        self, server: Server, inward: Inward, host_keys: list[asyncssh.SSHKey], dashboard: str
    ) -> None:
        self.server = server
        self.tries = Tries()
        self.dashboard = dashboard
        self._inward = inward
        self._visitors: dict[int, VisitorConnection] = {}
        self._next = 1
        self._draining = False
        self._changed = asyncio.Event()
        self.tasks = Tasks()
        self.empty_since = time.monotonic()
        self._options = SSHServerConnectionOptions(
            config=None,
            server_factory=Visitor,
            server_host_keys=host_keys,
            server_version="Podium",
            agent_forwarding=False,
            login_timeout=LOGIN,
            keepalive_interval=0,
            gss_host=None,
            compression_algs=("none",),
            signature_algs=_signatures(),
        )

    def visit(self, workspace: str = "", known: Known | None = None) -> VisitorConnection:
        """Return the protocol of a new connection; what the way here has proven is given."""
        return VisitorConnection(self, self._options, workspace, known, "-" if known else "")

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self._visitors)

    def came(self, visitor: VisitorConnection) -> bool:
        """Take a connection in; false when there are too many, or this is the end."""
        unproven = [one.address for one in self._visitors.values() if one.known is None]
        full = len(self._visitors) >= MOST or len(unproven) >= MOST_UNPROVEN
        full = full or unproven.count(visitor.address) >= MOST_UNPROVEN_OF_ONE
        self._visitors[self._next] = visitor
        self._next += 1
        return not (full or self._draining)

    def went(self, visitor: VisitorConnection) -> None:
        """A connection is gone."""
        for number, one in list(self._visitors.items()):
            if one is visitor:
                del self._visitors[number]
        if visitor.instance:
            _log.info("ssh_ended", workspace=visitor.workspace, instance=visitor.instance)
        if not self._visitors:
            self.empty_since = time.monotonic()
        self._changed.set()

    async def lead_in(self, visitor: VisitorConnection) -> InsideConnection:
        """Return the workspace's end, which is started when it has to be.

        Raises DisconnectError with words for the person.
        """
        known = visitor.known
        assert known is not None, "only who is known is led in"
        try:
            entry = await self._entered(visitor, known)
            inside = await sign_in(self._inward, target_of(entry), entry.key)
        except Refused as error:
            words = spoken(error.problem)
        except Away:
            words = "Podium is starting, or has stopped; try again."
        except (UnreachableError, OSError, asyncssh.Error, TimeoutError) as error:
            _log.warning("ssh_inside_failed", workspace=visitor.workspace, error=repr(error))
            words = "The workspace's SSH server does not answer; stop and start the workspace."
        else:
            visitor.instance = entry.instance
            _log.info("ssh_joined", workspace=visitor.workspace, credential=known.credential)
            return inside
        raise asyncssh.DisconnectError(asyncssh.DISC_BY_APPLICATION, words)

    async def _entered(self, visitor: VisitorConnection, known: Known) -> Entry:
        """Wait until the workspace can be entered, and show the client what is waited for."""
        seen, deadline = "", time.monotonic() + PATIENCE
        while True:
            asked = Enter(
                workspace=visitor.workspace, user=known.user, credential=known.credential, seen=seen
            )
            try:
                entry = await self.server.enter(asked)
            except Away:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(AWAY_PAUSE)
                continue
            deadline = time.monotonic() + PATIENCE
            if entry.ready:
                return entry
            if entry.doing != seen:
                visitor.send_auth_banner(f"Starting {visitor.workspace}: {entry.doing}\n")
                seen = entry.doing

    async def watch(self) -> None:
        """Ask again and again what has to end, for ever."""
        while True:
            await asyncio.sleep(EVERY)
            now = time.monotonic()
            held = [
                Held(
                    id=number,
                    workspace=one.workspace,
                    instance=one.instance,
                    user=one.known.user,
                    credential=one.known.credential,
                    used=one.use.take(now),
                )
                for number, one in self._visitors.items()
                if one.instance and one.known is not None
            ]
            if not held:
                continue
            with suppress(Away):  # what is open stays open while the server is away
                for number, words in (await self.server.held(held)).items():
                    if number in self._visitors:
                        self._visitors[number].end(words)

    async def drain(self) -> None:
        """Let connections end by themselves for a moment, then end them and say why."""
        self._draining = True
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN):
                while self._visitors:
                    self._changed.clear()
                    await self._changed.wait()
        for one in list(self._visitors.values()):
            one.end("Podium is being restarted; connect again")
        await asyncio.sleep(0)
        await self.tasks.close()


def target_of(entry: Entry) -> NodeTarget:
    """Return where an entry leads."""
    key = entry.key if entry.at else ""
    return NodeTarget(instance=entry.instance, dial=entry.dial, at=entry.at, key=key)


def _signatures() -> tuple[str, ...]:
    """Return the signatures that are taken: no SHA-1 among them."""
    return (
        "ssh-ed25519",
        "sk-ssh-ed25519@openssh.com",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ecdsa-sha2-nistp256@openssh.com",
        "rsa-sha2-256",
        "rsa-sha2-512",
    )
