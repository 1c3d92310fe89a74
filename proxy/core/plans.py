"""What can become of a request, and what that is decided by."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from proxy.core.access import Access
from proxy.core.commands import Service, Upstream
from proxy.core.forwarded import Fronts
from proxy.core.message import Headers
from proxy.core.replies import Reply
from proxy.core.rules import Rules, WorkspaceHost
from proxy.core.table import Table
from proxy.core.turns import Turns
from proxy.core.visitors import Visitors
from wire.hosts import PortHost
from wire.routes import Route


@dataclass(frozen=True, slots=True)
class World:
    """What every request is judged by."""

    rules: Rules
    table: Table
    fronts: Fronts = Fronts()
    tls: bool = False
    """Whether connections are encrypted by ourselves; those that are not are led there."""
    away: set[Service] = field(default_factory=set)
    """Services that do not answer: whoever asks for them is told so at once."""
    visitors: Visitors = field(default_factory=Visitors)
    turns: Turns = field(default_factory=Turns)


class Asker:
    """Who asks: the peer's address, and randomness of its connection (32 secret bytes).

    `workspace` is set when the connection was proven to come out of that workspace, `secure`
    when it is encrypted as far as the proxy.
    """

    def __init__(
        self, peer: str, seed: bytes, workspace: str = "", *, secure: bool = False
    ) -> None:
        self.peer = peer
        self.secure = secure
        self.workspace = workspace
        self._seed = seed
        self._prefix = hmac.digest(seed, b"id", "sha256").hex()[:12]
        self._number = -1
        self._id = ""

    def request_id(self, number: int) -> str:
        """Return the id of the connection's request of that number."""
        if number != self._number:
            self._number = number
            self._id = f"{self._prefix}-{number}"
        return self._id

    def nonce(self, number: int) -> str:
        """Return 43 characters of base64url that nobody can guess, other for each request."""
        digest = hmac.digest(self._seed, b"nonce %d" % number, "sha256")
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(init=False)
class Forward:
    """Pass it on with these headers."""

    upstream: Upstream
    headers: Headers
    host: WorkspaceHost | None
    """None is a service of the platform."""
    access: Access | None
    route: Route | None
    """Of the workspace, as it was when the request came."""
    ancestors: str
    shared: bool
    """Everybody may have it: `ancestors` count only where the answer restricts its frames."""
    origin: str
    target: str
    """What the upstream is asked for when it is not what the client asked for."""
    visitor: str
    """Address of whoever came without an account, and is counted by it; empty for others."""
    owner: bool
    """Whether it is known to come from the workspace's owner, or from the workspace."""
    turn: str
    """Service and address by which it is counted (`proxy.core.turns`); empty at workspaces."""

    def __init__(
        self,
        upstream: Upstream,
        headers: Headers,
        host: WorkspaceHost | None = None,
        access: Access | None = None,
        *,
        route: Route | None = None,
        ancestors: str = "",
        shared: bool = False,
        origin: str = "",
        target: str = "",
        visitor: str = "",
        owner: bool = False,
        turn: str = "",
    ) -> None:
        self.upstream = upstream
        self.headers = headers
        self.host = host
        self.access = access
        self.route = route
        self.ancestors = ancestors
        self.shared = shared
        self.origin = origin
        self.target = target
        self.visitor = visitor
        self.owner = owner
        self.turn = turn

    @property
    def guest(self) -> bool:
        """Whether a share link let it in: whoever asks owns nothing here."""
        return self.access is not None and self.access.share is not None

    @property
    def until(self) -> float:
        """When the right to it ends by itself, seconds since 1970; infinite when it does not."""
        share = self.access.share if self.access is not None else None
        return float("inf") if share is None else share.expires

    @property
    def user_code(self) -> bool:
        """Whether the upstream is user code, or stands where it could."""
        return self.host is not None


@dataclass(frozen=True, slots=True)
class Redemption:
    """Exchange a code for a grant, then answer."""

    host: WorkspaceHost
    code: str
    nonce: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Opening:
    """Read the form that a share link's page sends, and ask the server whether it opens."""

    host: PortHost


@dataclass(frozen=True, slots=True)
class Wait:
    """Decide again when the workspace's route has changed; `otherwise` is said when it does not."""

    workspace: str
    otherwise: Reply


@dataclass(frozen=True, slots=True)
class Turn:
    """Pass it on when other requests of the same address have ended; `otherwise` is said later."""

    forward: Forward
    otherwise: Reply


Plan = Reply | Forward | Redemption | Opening | Wait | Turn
