"""The route feed: what the server tells every proxy, and the proxy's whole truth.

A proxy connects to `/internal/routes?since=<epoch>:<seq>` (a WebSocket on the
internal listener). The first message is `hello` with the keys to verify grants;
then, when the server still holds every change after `since`, those changes, else
a `snapshot` that replaces the whole table. `epoch` names one life of the server's
feed, `seq` counts within it. A route with a smaller `version` than the one held
is ignored. Messages are JSON, one per WebSocket message, tagged by `op`.
"""

from msgspec import Struct, field

from wire.phases import Phase

FEED_PATH = "/internal/routes"


class PortRoute(Struct, frozen=True, kw_only=True):
    """One configured port. A port without an entry is private and http."""

    visibility: str = "private"
    """private or public."""
    protocol: str = "http"
    """What the upstream speaks: http or https."""


class NodeTarget(Struct, frozen=True, kw_only=True, tag="node"):
    """Reached by the daemon's dial socket: loopback ports of the instance included."""

    instance: str


class AddressTarget(Struct, frozen=True, kw_only=True, tag="address"):
    """Reached at a fixed TCP address, every port alike; for a proxy that runs alone."""

    host: str


Target = NodeTarget | AddressTarget


class Route(Struct, frozen=True, kw_only=True):
    """Where a workspace's requests go now, and who may send them."""

    workspace: str
    version: int
    """The workspace row's version; grows with every change."""
    instance: str
    """Newest instance id, also when it has stopped; empty before the first start."""
    phase: Phase
    target: Target | None
    """None while nothing can be reached."""
    owner: str
    """User id of the owner."""
    key: str = ""
    """Base64 of the 32-byte key that signs the proof header towards the supervisor."""
    ports: dict[int, PortRoute] = field(default_factory=dict)
    auth_epoch: int = 0
    """Grants with a smaller epoch are void; raising it closes sockets."""


class Hello(Struct, frozen=True, kw_only=True, tag_field="op", tag="hello"):
    """First message of a connection."""

    epoch: str
    keys: list[str]
    """Base64 of Ed25519 public keys (32 bytes) that sign grants; newest first."""


class Snapshot(Struct, frozen=True, kw_only=True, tag_field="op", tag="snapshot"):
    """The whole table as of `seq`."""

    epoch: str
    seq: int
    routes: list[Route]
    sessions: dict[str, int] = field(default_factory=dict)
    """Void sessions: id → when it was ended (seconds since 1970)."""


class Put(Struct, frozen=True, kw_only=True, tag_field="op", tag="put"):
    """A route is new or has changed."""

    epoch: str
    seq: int
    route: Route


class Del(Struct, frozen=True, kw_only=True, tag_field="op", tag="del"):
    """A workspace is gone."""

    epoch: str
    seq: int
    workspace: str
    version: int


class EndSession(Struct, frozen=True, kw_only=True, tag_field="op", tag="end"):
    """A session was signed out: its grants are void, its sockets are closed."""

    epoch: str
    seq: int
    session: str
    at: int


FeedMessage = Hello | Snapshot | Put | Del | EndSession
