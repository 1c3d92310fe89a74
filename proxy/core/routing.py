"""From an accepted head to what has to happen. Pure: time and randomness are given."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import unquote

from proxy.core import answers, icons
from proxy.core.access import (
    Access,
    Rules,
    Verdict,
    WorkspaceHost,
    decide,
    find_grant,
    is_navigation,
)
from proxy.core.commands import Service, Upstream
from proxy.core.events import Moment
from proxy.core.forwarded import Fronts
from proxy.core.handover import GRANT_PATH, MOST_ATTEMPTS, attempts, begin, returned
from proxy.core.headers import preflight_headers, request_headers
from proxy.core.message import Headers, RequestHead
from proxy.core.preload import preload_page
from proxy.core.replies import Reply, plain, redirect
from proxy.core.table import Table
from wire.agent import IDE_PORT, OWN_PORTS, SUPERVISOR_PORT
from wire.assets import PRELOAD_PATH, read_preload, static_root
from wire.hosts import (
    PRELOAD_LABEL,
    AssetsHost,
    DashboardHost,
    ForeignHost,
    IdeHost,
    LoopbackHost,
    PortHost,
)
from wire.phases import Phase
from wire.proof import PROOF_HEADER, prove
from wire.routes import Route

HEALTH_PATH = "/.podium/healthz"
_OURS = "/.podium/"
_SUPERVISOR = "/_supervisor/"
_NOT_FROM_OUTSIDE = frozenset({"internal", "agent"})


@dataclass(frozen=True, slots=True)
class World:
    """What every request is judged by."""

    rules: Rules
    table: Table
    fronts: Fronts = Fronts()


class Asker:
    """Who asks: the peer's address, and randomness of its connection (32 secret bytes).

    `workspace` is set when the connection was proven to come out of that workspace.
    """

    def __init__(self, peer: str, seed: bytes, workspace: str = "") -> None:
        self.peer = peer
        self.workspace = workspace
        self._seed = seed
        self._prefix = hmac.digest(seed, b"id", "sha256").hex()[:12]

    def request_id(self, number: int) -> str:
        """Return the id of the connection's request of that number."""
        return f"{self._prefix}-{number:x}"

    def nonce(self, number: int) -> str:
        """Return 43 characters of base64url that nobody can guess, other for each request."""
        digest = hmac.digest(self._seed, b"nonce %d" % number, "sha256")
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Forward:
    """Pass it on with these headers."""

    upstream: Upstream
    headers: Headers
    host: WorkspaceHost | None = None
    """None is a service of the platform."""
    access: Access | None = None
    ancestors: str = ""
    origin: str = ""

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


Plan = Reply | Forward | Redemption


def route(world: World, head: RequestHead, asker: Asker, number: int, moment: Moment) -> Plan:
    """Return what to do with the `number`th request of a connection."""
    rules = world.rules
    if head.path == HEALTH_PATH:
        return plain(200, [(b"content-type", b"text/plain")], b"ok\n")
    host = rules.host(head.authority)
    match host:
        case DashboardHost():
            return _dashboard(world, head, asker, number)
        case IdeHost() | PortHost():
            return _workspace(world, head, host, asker, number, moment)
        case AssetsHost():
            return _assets(world, head, asker, number)
        case ForeignHost(label=label) if label == PRELOAD_LABEL:
            return _preload(rules, head)
        case LoopbackHost():
            status = 302 if head.method in {"GET", "HEAD"} else 308
            return redirect(rules.hosts.dashboard + head.target, status=status)
        case _:
            return answers.host_unknown(rules.hosts, head)


def _dashboard(world: World, head: RequestHead, asker: Asker, number: int) -> Plan:
    if _first_segment(head.path) in _NOT_FROM_OUTSIDE:
        return answers.not_found()
    headers = _headers(world, head, asker, number, user_code=False)
    return Forward(Upstream(Service.SERVER), headers)


def _assets(world: World, head: RequestHead, asker: Asker, number: int) -> Plan:
    """Files that are the same for everybody: no credential counts, and none is passed on."""
    headers = _headers(world, head, asker, number, user_code=True)
    kept = [one for one in headers if one[0] not in {b"cookie", b"authorization"}]
    return Forward(Upstream(Service.BLOBSERVE), kept)


def _preload(rules: Rules, head: RequestHead) -> Plan:
    """Answer the page that loads static files ahead; it is nobody's, and knows nothing."""
    path, _, query = head.target.partition("?")
    asked = read_preload(query) if path == PRELOAD_PATH and head.method == "GET" else None
    if asked is None:
        return answers.host_unknown(rules.hosts, head)
    image, workspace = asked
    root = static_root(rules.hosts.assets, image)
    headers, body = preload_page(rules.hosts.assets, root, rules.hosts.start(workspace))
    return plain(200, headers, body)


def _first_segment(path: str) -> str:
    """Return the first segment as the most lenient reader would take it."""
    segments: list[str] = []
    for segment in unquote(path).replace("\\", "/").split("/"):
        if segment == "..":
            segments = segments[:-1]
        elif segment not in {"", "."}:
            segments.append(segment)
    return segments[0].lower() if segments else ""


def _headers(
    world: World, head: RequestHead, asker: Asker, number: int, *, user_code: bool
) -> Headers:
    client = asker.peer
    if world.fronts.networks and not asker.workspace:
        client = world.fronts.client(asker.peer, head.get(b"x-forwarded-for"))
    scheme, request_id = world.rules.hosts.scheme, asker.request_id(number)
    return request_headers(head, scheme, client, request_id, user_code=user_code)


def _workspace(
    world: World,
    head: RequestHead,
    host: WorkspaceHost,
    asker: Asker,
    number: int,
    moment: Moment,
) -> Plan:
    rules = world.rules
    found = world.table.routes.get(host.workspace)
    if head.path.startswith(_OURS):
        return _own_path(rules, head, host, found, asker.nonce(number), moment)
    fresh = world.table.fresh(moment.monotonic)
    own = asker.workspace == host.workspace
    access = decide(rules, head, host, found, fresh=fresh, now=moment.now, own=own)
    match access.verdict:
        case Verdict.PASS:
            return _to_instance(world, found, head, host, access, asker, number, moment)
        case Verdict.PREFLIGHT:
            return plain(204, preflight_headers(head, access.initiator))
        case Verdict.HANDOVER:
            return _hand_over(rules, head, host, asker.nonce(number))
        case Verdict.UNAUTHENTICATED:
            return answers.unauthenticated(rules, head, host)
        case Verdict.FORBIDDEN:
            return answers.forbidden(rules, head, access.why)


def _own_path(
    rules: Rules,
    head: RequestHead,
    host: WorkspaceHost,
    found: Route | None,
    fresh_nonce: str,
    moment: Moment,
) -> Plan:
    if head.path != GRANT_PATH or head.method != "GET":
        return answers.not_found()
    back = returned(rules, head)
    if back is not None:
        return Redemption(host, back.code, back.nonce, back.attempt)
    if find_grant(rules, head, host, found, moment.now) is not None:
        return redirect("/")  # the address of an old handover, out of the history
    if is_navigation(head) and attempts(rules, head):
        return _hand_over(rules, head, host, fresh_nonce, path="/")
    return answers.handover_failed(rules, "The browser did not send back our cookie.")


def _hand_over(
    rules: Rules, head: RequestHead, host: WorkspaceHost, fresh_nonce: str, path: str = ""
) -> Reply:
    if attempts(rules, head) >= MOST_ATTEMPTS:
        return answers.handover_failed(
            rules, "A grant was given twice, and the browser did not send it back in a valid form."
        )
    begun = begin(rules, head, host, path or head.target, fresh_nonce)
    return redirect(begun.location, cookies=(begun.cookie,))


def reachable(found: Route, host: WorkspaceHost, port: int) -> bool:
    """Tell whether the instance answers on this host in its phase.

    Supervisor and ports do as soon as the supervisor is connected, the IDE when it is up.
    """
    if found.target is None:
        return False
    if found.phase is Phase.RUNNING:
        return True
    early = isinstance(host, PortHost) or port == SUPERVISOR_PORT
    return early and found.phase is Phase.INITIALIZING


def _to_instance(
    world: World,
    found: Route | None,
    head: RequestHead,
    host: WorkspaceHost,
    access: Access,
    asker: Asker,
    number: int,
    moment: Moment,
) -> Plan:
    rules = world.rules
    if found is None:
        return answers.workspace_gone(rules, head)
    supervisor = False
    if isinstance(host, PortHost):
        port = host.port
        if port in OWN_PORTS:
            return answers.not_found(f"Port {port} is the platform's own.")
    else:
        supervisor = head.path.startswith(_SUPERVISOR)
        port = SUPERVISOR_PORT if supervisor else IDE_PORT
    if port == IDE_PORT and head.path in icons.PATHS:
        return plain(200, [(b"content-type", icons.TYPE)], icons.icon(found.phase))
    if found.target is None or not reachable(found, host, port):
        return answers.not_running(rules, found, head)
    headers = _headers(world, head, asker, number, user_code=True)
    if supervisor:
        proof = prove(found.key, head.method, head.target, access.bearer, moment.now)
        headers.append((PROOF_HEADER.encode(), proof.encode()))
    return Forward(
        Upstream(found.target, port),
        headers,
        host=host,
        access=access,
        ancestors=_ancestors(rules, host, access),
        origin=_reader(rules, head, host, access),
    )


def _ancestors(rules: Rules, host: WorkspaceHost, access: Access) -> str:
    """Return who may frame the answer; nothing to say about what is public.

    A policy cannot spell "every port of this workspace", so the page that was proven
    to have caused the request is named beside the workspace's IDE.
    """
    if not access.personal:
        return ""
    ide = rules.hosts.ide(host.workspace)
    return " ".join(dict.fromkeys(one for one in ("'self'", ide, access.initiator) if one))


def _reader(rules: Rules, head: RequestHead, host: WorkspaceHost, access: Access) -> str:
    """Return the other host of the workspace that may read the answer across origins."""
    if not access.personal or b"origin" not in head.fields:
        return ""
    return "" if access.initiator == rules.origin_of(host) else access.initiator
