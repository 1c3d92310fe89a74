"""An installation for the proxy's tests: two workspaces, a key, grants, requests as bytes."""

from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proxy.core.events import Moment
from proxy.core.forwarded import Fronts
from proxy.core.grants import Grants
from proxy.core.message import RequestHead
from proxy.core.parts import Asked
from proxy.core.plans import World
from proxy.core.requests import RequestReader
from proxy.core.rules import Rules
from proxy.core.table import Table
from wire.hosts import Hosts
from wire.phases import Phase
from wire.routes import Hello, NodeTarget, PortRoute, Route, ShareRoute, Snapshot
from wire.shares import ShareGrant, share_cookie, sign_share, sign_token
from wire.tokens import Grant, cookie_names, port_cookie, sign_grant

NOW = 1_700_000_000.0
MOMENT = Moment(NOW, 1000.0)
TAG = "abc123"
HOSTS = Hosts.of("http://podium.localhost:8080", "localhost")
WORKSPACE = "amber-otter-4k2hw9xz1q"
OTHER = "coral-heron-9z8y7x6w5v"
IDE = f"{WORKSPACE}.ws.localhost:8080"
PORT = f"3000-{WORKSPACE}.ws.localhost:8080"
OPEN_PORT = f"4000-{WORKSPACE}.ws.localhost:8080"
FOREIGN = f"http://3000-{OTHER}.ws.localhost:8080"
PROOF_KEY = b64encode(bytes(32)).decode()
SIGNING = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = b64encode(SIGNING.public_key().public_bytes_raw()).decode()
IDE_COOKIE = cookie_names(TAG)["ide"]
NONCE_COOKIE = cookie_names(TAG)["nonce"]
PORT_COOKIE = port_cookie(TAG, WORKSPACE)
SHARE = "ps_0123456789abcdef"
SHARE_ENDS = int(NOW) + 3600
SHARE_COOKIE = share_cookie(TAG)
SHARE_TOKEN = sign_token(SHARE, WORKSPACE, 3000, SIGNING)
SEED = bytes(32)


def make_route(workspace: str = WORKSPACE, **changes) -> Route:
    values = {
        "version": 5,
        "instance": f"{workspace}.1",
        "phase": Phase.RUNNING,
        "target": NodeTarget(instance=f"{workspace}.1"),
        "owner": "ada",
        "key": PROOF_KEY,
        "ports": {4000: PortRoute(visibility="public")},
        "auth_epoch": 2,
    }
    return Route(workspace=workspace, **{**values, **changes})


def make_grant(scope: str = "ide", **changes) -> str:
    values = {
        "session": "s1",
        "user": "ada",
        "workspace": WORKSPACE,
        "role": "owner",
        "epoch": 2,
        "issued": int(NOW),
    }
    return sign_grant(Grant(scope=scope, **{**values, **changes}), SIGNING)


def shares(**changes) -> dict[str, ShareRoute]:
    """What the route of a workspace says of its one share link."""
    return {SHARE: ShareRoute(**{"port": 3000, "expires": SHARE_ENDS, **changes})}


def make_share(**changes) -> str:
    values = {"share": SHARE, "workspace": WORKSPACE, "port": 3000, "expires": SHARE_ENDS}
    return sign_share(ShareGrant(**{**values, **changes}), SIGNING)


def guest_cookie(**changes) -> str:
    return f"{SHARE_COOKIE}={make_share(**changes)}"


def make_table(*routes: Route, sessions: dict[str, int] | None = None) -> Table:
    table = Table()
    table.apply(Hello(epoch="e", keys=[PUBLIC]), MOMENT.monotonic)
    held = list(routes) or [make_route(), make_route(OTHER)]
    table.apply(Snapshot(epoch="e", seq=7, routes=held, sessions=sessions or {}), MOMENT.monotonic)
    return table


def make_world(*routes: Route, table: Table | None = None, fronts: Fronts | None = None) -> World:
    table = table or make_table(*routes)
    return World(Rules(HOSTS, TAG, Grants(table)), table, fronts or Fronts())


def ide_cookie(**changes) -> str:
    return f"{IDE_COOKIE}={make_grant('ide', **changes)}"


def ports_cookie(**changes) -> str:
    return f"{PORT_COOKIE}={make_grant('port', **changes)}"


TAB = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}
"""What a browser says when a person opened an address."""
SELF = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin"}
"""What it says when a page fetches from its own origin."""


def upgrade(origin: str) -> dict[str, str]:
    return {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        **({"Origin": origin} if origin else {}),
    }


def request(
    target: str = "/",
    host: str = IDE,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def head(
    target: str = "/", host: str = IDE, method: str = "GET", headers: dict[str, str] | None = None
) -> RequestHead:
    reader = RequestReader()
    reader.feed(request(target, host, method, headers))
    asked = reader.take()
    assert isinstance(asked, Asked)
    return asked.head
