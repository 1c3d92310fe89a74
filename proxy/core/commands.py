"""What the core tells the shell to do. Executed in order, each at once."""

from enum import StrEnum

from msgspec import Struct

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


class Upstream(Struct, frozen=True):
    """Where a request goes: a service of the platform, or a port of an instance."""

    target: Target | Service
    port: int = 0
    tls: bool = False
    """TLS inside the workspace; whose certificate it is says nothing there."""


class Send(Struct):
    """Send these parts to the client."""

    parts: list[bytes]


class Tell(Struct):
    """Send these parts to the upstream."""

    parts: list[bytes]


class Open(Struct, frozen=True):
    """Get a connection; `kept` allows one that has served before."""

    upstream: Upstream
    kept: bool
    workspace: str = ""
    """Whose; a change of its route looks at this client."""


class Await(Struct, frozen=True):
    """A change of this workspace's route is waited for."""

    workspace: str


class Keep(Struct, frozen=True):
    """The upstream's connection is free for others."""


class Drop(Struct, frozen=True):
    """Close the upstream's connection, or stop to open it."""


class Relay(Struct, frozen=True):
    """Join both connections, raw, beginning with these bytes."""

    to_client: bytes
    to_upstream: bytes


class Redeem(Struct, frozen=True):
    """Ask the server for the grant of a handover's code."""

    code: str
    nonce: str
    host: str


class OpenShare(Struct, frozen=True):
    """Ask the server whether a share link opens its port."""

    token: str
    workspace: str
    port: int
    password: str


class HoldClient(Struct, frozen=True):
    """Stop to read from the client, or (`on` false) go on."""

    on: bool


class HoldUpstream(Struct, frozen=True):
    """Stop to read from the upstream, or (`on` false) go on."""

    on: bool


class HalfClose(Struct, frozen=True):
    """Tell the client that nothing more comes, and read on."""


class Close(Struct, frozen=True):
    """Close the client's connection after everything was sent."""


class Abort(Struct, frozen=True):
    """Close the client's connection at once, so that nobody takes what came for the whole."""


class Log(Struct, frozen=True):
    """Write the access line of a request that has ended."""

    record: Record


Command = (
    Send
    | Tell
    | Open
    | Await
    | Keep
    | Drop
    | Relay
    | Redeem
    | OpenShare
    | HoldClient
    | HoldUpstream
    | HalfClose
    | Close
    | Abort
    | Log
)


class Commands:
    """Collects commands; parts that go the same way in a row become one write."""

    def __init__(self) -> None:
        self._taken: list[Command] = []

    def add(self, command: Command) -> None:
        """Append a command."""
        self._taken.append(command)

    def send(self, data: bytes) -> None:
        """Append bytes for the client."""
        last = self._taken[-1] if self._taken else None
        if isinstance(last, Send):
            last.parts.append(data)
        else:
            self._taken.append(Send([data]))

    def tell(self, data: bytes) -> None:
        """Append bytes for the upstream."""
        last = self._taken[-1] if self._taken else None
        if isinstance(last, Tell):
            last.parts.append(data)
        else:
            self._taken.append(Tell([data]))

    def take(self) -> list[Command]:
        """Return what was collected, and begin anew."""
        taken, self._taken = self._taken, []
        return taken
