"""The route feed: what the server tells every proxy, and the proxy's whole truth.

A proxy connects to `/internal/routes?since=<epoch>:<seq>` (a WebSocket on the
internal listener). The first message is `hello` with the keys to verify grants;
then, when the server still holds every change after `since`, those changes, else
a `snapshot` that replaces the whole table. A large one goes on in `part` messages, and counts
when the last of them is there: nobody's loop stands still for a hundred thousand routes at once.
`epoch` names one life of the server's
feed, `seq` counts within it. A route with a smaller `version` than the one held
is ignored. Messages are JSON, one per WebSocket message, tagged by `op`.
"""

from collections.abc import Iterator

from msgspec import Struct, field

from wire.phases import Phase

FEED_PATH = "/internal/routes"


# gc=False: routes hold no cycles, and a hundred thousand of them are not walked by each collection


class PortRoute(Struct, frozen=True, kw_only=True, gc=False):
    """A port that listens or is configured. One without an entry is private and http."""

    visibility: str = "private"
    """private or public."""
    protocol: str = "http"
    """What the upstream speaks: http or https."""
    listening: bool = False
    """Whether something listens on it, as the supervisor has told last."""
    name: str = ""
    """Of .gitpod.yml, for pages."""


class ShareRoute(Struct, frozen=True, kw_only=True, gc=False):
    """A share link that counts: whoever was let in by it may use one port."""

    port: int
    expires: int
    """Seconds since 1970; from then on it counts no more, whether or not a change is told."""


class NodeTarget(Struct, frozen=True, kw_only=True, tag="node", omit_defaults=True, gc=False):
    """Reached by the daemon's dial socket, or in a cluster by the door of its supervisor.

    Loopback ports of the instance are reached too, either way.
    """

    instance: str
    dial: str = ""
    """Path of that socket; empty is the one of this machine's node."""
    at: str = ""
    """Address and port of the door (`wire.door`); empty where there is none."""
    key: str = ""
    """What the door proves itself with, and proxies to it: the route's key; empty without one."""


class AddressTarget(Struct, frozen=True, kw_only=True, tag="address", omit_defaults=True, gc=False):
    """Reached at a fixed TCP address; for a proxy that runs alone."""

    host: str
    port: int = 0
    """Where every port leads; 0 is the port that was asked for."""


Target = NodeTarget | AddressTarget


class Route(Struct, frozen=True, kw_only=True, gc=False):
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
    shares: dict[str, ShareRoute] = field(default_factory=dict)
    """By id. One that is missing has ended, and what it had let in is closed."""


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
    more: bool = False
    """Whether a `part` follows."""


class Part(Struct, frozen=True, kw_only=True, tag_field="op", tag="part"):
    """More routes of the snapshot before it."""

    epoch: str
    seq: int
    routes: list[Route]
    more: bool = False


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


FeedMessage = Hello | Snapshot | Part | Put | Del | EndSession

ROUTES_AT_ONCE = 250
"""Routes of one message: about 0.5 ms to write, and to read."""


def split(table: Snapshot) -> Iterator[Snapshot | Part]:
    """Yield a snapshot as messages that are read in a moment each."""
    first, epoch, seq = table.routes[:ROUTES_AT_ONCE], table.epoch, table.seq
    more = len(table.routes) > ROUTES_AT_ONCE
    yield Snapshot(epoch=epoch, seq=seq, routes=first, sessions=table.sessions, more=more)
    for start in range(ROUTES_AT_ONCE, len(table.routes), ROUTES_AT_ONCE):
        end = start + ROUTES_AT_ONCE
        more = len(table.routes) > end
        yield Part(epoch=epoch, seq=seq, routes=table.routes[start:end], more=more)
