"""What the shell tells the core, and the moment at which it does."""

from msgspec import Struct

from proxy.core.commands import Way


class Moment(Struct, frozen=True):
    """When something happens: two clocks, because one jumps and the other means nothing."""

    now: float
    """Seconds since 1970."""
    monotonic: float


class Received(Struct, frozen=True):
    """Bytes from the client."""

    data: bytes


class ClientEnded(Struct, frozen=True):
    """The client sends no more bytes, and may still take some."""


class ClientGone(Struct, frozen=True):
    """The client's connection is lost."""


class ClientFull(Struct, frozen=True):
    """The client takes no more bytes for now, or (`full` false) does again."""

    full: bool


class Opened(Struct, frozen=True):
    """The connection that `Open` asked for is there."""

    kept: bool
    """It has served before, so that it may be dead already."""


class NotOpened(Struct, frozen=True):
    """There is no connection for `Open`."""

    way: Way


class Answered(Struct, frozen=True):
    """Bytes from the upstream."""

    data: bytes


class UpstreamGone(Struct, frozen=True):
    """The upstream's connection has ended; `clean` without an error."""

    clean: bool


class ServiceAway(Struct, frozen=True):
    """The service that is asked has been found not to answer anybody."""


class UpstreamFull(Struct, frozen=True):
    """The upstream takes no more bytes for now, or (`full` false) does again."""

    full: bool


class Redeemed(Struct, frozen=True):
    """The server gave a grant for the code."""

    grant: str
    path: str


class NotRedeemed(Struct, frozen=True):
    """The server gave none; the cause is for people."""

    cause: str
    away: bool
    """The server did not answer, so trying again may help."""


class ShareOpened(Struct, frozen=True):
    """The server let a guest in by a share link, until a moment (seconds since 1970)."""

    grant: str
    expires: int


class ShareRefused(Struct, frozen=True):
    """It did not; title, cause and cure are for people, the code is for us."""

    code: str
    title: str
    cause: str
    cure: str


class RelayProgress(Struct, frozen=True):
    """Bytes that a tunnel has carried to the client and from it, told before its end."""

    sent: int
    received: int = 0


class RelayEnded(Struct, frozen=True):
    """A tunnel is over: its upstream has ended."""


class Tick(Struct, frozen=True):
    """The connection's deadline has passed."""


class Revoked(Struct, frozen=True):
    """What let the current request in is void."""


class Rerouted(Struct, frozen=True):
    """The route of the workspace that the current request waits for has changed."""


class Draining(Struct, frozen=True):
    """The proxy is about to end: finish what is in work, begin nothing."""


OfExchange = (
    Opened
    | NotOpened
    | Answered
    | UpstreamGone
    | ServiceAway
    | UpstreamFull
    | ClientFull
    | RelayProgress
)
"""What happens to the request in work."""

OfPending = Redeemed | NotRedeemed | ShareOpened | ShareRefused | Rerouted
"""What a request that is pending may wait for."""

Event = (
    Received
    | OfExchange
    | OfPending
    | ClientEnded
    | ClientGone
    | RelayEnded
    | Tick
    | Revoked
    | Draining
)
