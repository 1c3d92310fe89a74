"""What the shell tells the core, and the moment at which it does.

Plain classes, since they are compiled; those of every request spell their `__init__`, which a
dataclass would leave to the interpreter.
"""

from dataclasses import dataclass

from proxy.core.commands import Way


class Event:
    """Something that the core is told."""


class OfExchange(Event):
    """What happens to the request in work."""


class OfPending(Event):
    """What a request that is pending may wait for."""


@dataclass(init=False)
class Moment:
    """When something happens: two clocks, because one jumps and the other means nothing."""

    now: float
    """Seconds since 1970."""
    monotonic: float

    def __init__(self, now: float, monotonic: float) -> None:
        self.now = now
        self.monotonic = monotonic


@dataclass(init=False)
class Received(Event):
    """Bytes from the client."""

    data: bytes

    def __init__(self, data: bytes) -> None:
        self.data = data


@dataclass
class ClientEnded(Event):
    """The client sends no more bytes, and may still take some."""


@dataclass
class ClientGone(Event):
    """The client's connection is lost."""


@dataclass
class ClientFull(OfExchange):
    """The client takes no more bytes for now, or (`full` false) does again."""

    full: bool


@dataclass(init=False)
class Opened(OfExchange):
    """The connection that `Open` asked for is there."""

    kept: bool
    """It has served before, so that it may be dead already."""

    def __init__(self, *, kept: bool) -> None:
        self.kept = kept


@dataclass
class NotOpened(OfExchange):
    """There is no connection for `Open`."""

    way: Way


@dataclass(init=False)
class Answered(OfExchange):
    """Bytes from the upstream."""

    data: bytes

    def __init__(self, data: bytes) -> None:
        self.data = data


@dataclass
class UpstreamGone(OfExchange):
    """The upstream's connection has ended; `clean` without an error."""

    clean: bool


@dataclass
class ServiceAway(OfExchange):
    """The service that is asked has been found not to answer anybody."""


@dataclass
class UpstreamFull(OfExchange):
    """The upstream takes no more bytes for now, or (`full` false) does again."""

    full: bool


@dataclass
class Redeemed(OfPending):
    """The server gave a grant for the code."""

    grant: str
    path: str
    ports: str = ""
    """One for the workspace's ports, with the IDE's."""


@dataclass
class NotRedeemed(OfPending):
    """The server gave none; the cause is for people."""

    cause: str
    away: bool
    """The server did not answer, so trying again may help."""


@dataclass
class ShareOpened(OfPending):
    """The server let a guest in by a share link, until a moment (seconds since 1970)."""

    grant: str
    expires: int


@dataclass
class ShareRefused(OfPending):
    """It did not; title, cause and cure are for people, the code is for us."""

    code: str
    title: str
    cause: str
    cure: str


@dataclass
class RelayProgress(OfExchange):
    """Bytes that a tunnel has carried to the client and from it, told before its end."""

    sent: int
    received: int = 0


@dataclass
class RelayEnded(Event):
    """A tunnel is over: its upstream has ended."""


@dataclass
class Tick(Event):
    """The connection's deadline has passed."""


@dataclass
class Revoked(Event):
    """What let the current request in is void."""


@dataclass
class Rerouted(OfPending):
    """The route of the workspace that the current request waits for has changed."""


@dataclass
class TurnCame(OfPending):
    """The current request need not wait for others of its address any longer."""


@dataclass
class Draining(Event):
    """The proxy is about to end: finish what is in work, begin nothing."""
