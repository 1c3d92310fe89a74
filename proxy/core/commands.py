"""What the core tells the shell to do. Executed in order, each at once.

Plain classes for the reason of `proxy.core.events`.
"""

from dataclasses import dataclass
from enum import StrEnum

from proxy.core.message import Piece
from proxy.core.record import Record
from wire.routes import Target


class Way(StrEnum):
    """Why there is no connection to an upstream."""

    REFUSED = "refused"
    """Nothing listens on that port."""
    AWAY = "away"
    """Who would make the connection does not answer."""
    BUSY = "busy"
    """The listener did not accept in time."""
    UNKNOWN = "unknown"
    """The node does not know the instance."""
    NOT_TLS = "not_tls"
    """It listens, but does not speak TLS, as its configuration says."""


class Service(StrEnum):
    """An upstream of the platform's own."""

    SERVER = "server"
    BLOBSERVE = "blobserve"
    SSH = "ssh"


class Command:
    """Something that the shell does."""


@dataclass(init=False, eq=False)
class Upstream:
    """Where a request goes: a service of the platform, or a port of an instance."""

    target: Target | Service
    port: int = 0
    tls: bool = False
    """TLS inside the workspace; whose certificate it is says nothing there."""

    def __init__(self, target: Target | Service, port: int = 0, *, tls: bool = False) -> None:
        self.target = target
        self.port = port
        self.tls = tls

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Upstream) or self.port != other.port or self.tls is not other.tls:
            return False
        return self.target is other.target or self.target == other.target

    def __hash__(self) -> int:
        return hash(self.target) ^ self.port


@dataclass(init=False)
class Send(Command):
    """Send these parts to the client."""

    parts: list[Piece]

    def __init__(self, parts: list[Piece]) -> None:
        self.parts = parts


@dataclass(init=False)
class Tell(Command):
    """Send these parts to the upstream."""

    parts: list[Piece]

    def __init__(self, parts: list[Piece]) -> None:
        self.parts = parts


@dataclass(init=False)
class Open(Command):
    """Get a connection; `kept` allows one that has served before."""

    upstream: Upstream
    kept: bool
    workspace: str = ""
    """Whose; a change of its route looks at this client."""

    def __init__(self, upstream: Upstream, *, kept: bool, workspace: str = "") -> None:
        self.upstream = upstream
        self.kept = kept
        self.workspace = workspace


@dataclass
class Await(Command):
    """A change of this workspace's route is waited for."""

    workspace: str


@dataclass
class AwaitTurn(Command):
    """This client waits until others of the same address at the same service have ended."""

    turn: str


@dataclass
class NextTurn(Command):
    """One of them has ended: whoever waits longest is told (`proxy.core.events.TurnCame`)."""

    turn: str


@dataclass
class Keep(Command):
    """The upstream's connection is free for others."""


@dataclass
class Drop(Command):
    """Close the upstream's connection, or stop to open it."""


@dataclass
class Relay(Command):
    """Join both connections, raw, beginning with these bytes."""

    to_client: bytes
    to_upstream: bytes


@dataclass
class Redeem(Command):
    """Ask the server for the grant of a handover's code."""

    code: str
    nonce: str
    host: str


@dataclass
class OpenShare(Command):
    """Ask the server whether a share link opens its port."""

    token: str
    workspace: str
    port: int
    password: str


@dataclass
class HoldClient(Command):
    """Stop to read from the client, or (`on` false) go on."""

    on: bool


@dataclass
class HoldUpstream(Command):
    """Stop to read from the upstream, or (`on` false) go on."""

    on: bool


@dataclass
class HalfClose(Command):
    """Tell the client that nothing more comes, and read on."""


@dataclass
class Close(Command):
    """Close the client's connection after everything was sent."""


@dataclass
class Abort(Command):
    """Close the client's connection at once, so that nobody takes what came for the whole."""


@dataclass(init=False)
class Log(Command):
    """Write the access line of a request that has ended."""

    record: Record

    def __init__(self, record: Record) -> None:
        self.record = record


class Commands:
    """Collects commands; parts that go the same way in a row become one write."""

    def __init__(self) -> None:
        self._taken: list[Command] = []
        self._sent: Send | None = None
        self._told: Tell | None = None
        """The last command, when it is of that kind."""

    def add(self, command: Command) -> None:
        """Append a command."""
        self._taken.append(command)
        self._sent = self._told = None

    def send(self, data: Piece) -> None:
        """Append bytes for the client."""
        if self._sent is not None:
            self._sent.parts.append(data)
            return
        self._sent, self._told = Send([data]), None
        self._taken.append(self._sent)

    def tell(self, data: Piece) -> None:
        """Append bytes for the upstream."""
        if self._told is not None:
            self._told.parts.append(data)
            return
        self._told, self._sent = Tell([data]), None
        self._taken.append(self._told)

    def take(self) -> list[Command]:
        """Return what was collected, and begin anew."""
        taken, self._taken = self._taken, []
        self._sent = self._told = None
        return taken
