"""From an accepted head to what has to happen. Pure: time and randomness are given."""

from proxy.core import answers, icons, otherhosts, publicstatus, services, sshpaths, standby
from proxy.core.access import Access, Verdict, decide, find_grant, is_navigation
from proxy.core.commands import Upstream
from proxy.core.events import Moment
from proxy.core.headers import preflight_headers
from proxy.core.message import RequestHead
from proxy.core.ownpaths import hand_over, own_path, preload
from proxy.core.plans import Asker, Forward, Plan, World
from proxy.core.reachable import reachable
from proxy.core.replies import Reply, plain, redirect
from proxy.core.rules import Rules, WorkspaceHost
from proxy.core.secure import strict, to_https
from proxy.core.services import client_of, headers_for
from wire.agent import IDE_PORT, SUPERVISOR_PORT
from wire.hosts import (
    AssetsHost,
    DashboardHost,
    DebugHost,
    ForeignHost,
    IdeHost,
    LoopbackHost,
    PortHost,
    PreloadHost,
    RegistryHost,
)
from wire.names import OWN_PORTS
from wire.proof import PROOF_HEADER, prove
from wire.routes import Route

EverybodysHost = AssetsHost | PreloadHost | ForeignHost | DebugHost | RegistryHost

HEALTH_PATH = "/.podium/healthz"
_OURS = "/.podium/"
_SUPERVISOR = "/_supervisor/"
_EXTENSION_CALLBACK, _CALLBACK = "/vscode-extension-auth-callback", "/callback"
"""Where sign-ins of extensions come back to, as they know it from Gitpod; and VS Code's own."""


def route(world: World, head: RequestHead, asker: Asker, number: int, moment: Moment) -> Plan:
    """Return what to do with the `number`th request of a connection."""
    if world.tls and not asker.secure and not asker.workspace and head.path != HEALTH_PATH:
        return to_https(world.rules, head)
    plan = _route(world, head, asker, number, moment)
    return strict(plan) if isinstance(plan, Reply) and world.rules.strict else plan


def _route(world: World, head: RequestHead, asker: Asker, number: int, moment: Moment) -> Plan:
    rules = world.rules
    if head.path == HEALTH_PATH:
        return plain(200, [(b"content-type", b"text/plain")], b"ok\n")
    if otherhosts.is_challenge(head.path):
        return otherhosts.challenge()
    host = rules.host(head.authority)
    match host:
        case DashboardHost():
            return services.dashboard(world, head, asker, number)
        case IdeHost() | PortHost():
            return _workspace(world, head, host, asker, number, moment)
        case LoopbackHost():
            status = 302 if head.method in {"GET", "HEAD"} else 308
            return redirect(rules.hosts.dashboard + head.target, status=status)
        case None:
            return answers.host_unknown(rules.hosts, head)
        case _:
            return _everybodys(world, head, host, asker, number)


def _everybodys(
    world: World, head: RequestHead, host: EverybodysHost, asker: Asker, number: int
) -> Plan:
    """Return the plan for a host that is the same for everybody who asks."""
    rules = world.rules
    match host:
        case AssetsHost():
            return services.assets(world, head, asker, number)
        case PreloadHost():
            return preload(rules, head)
        case ForeignHost():
            target = otherhosts.to_blobserve(rules, head)
            if isinstance(target, Reply):
                return target
            return services.assets(world, head, asker, number, target)
        case DebugHost():
            return otherhosts.debugging(rules, head, host)
        case RegistryHost():
            return services.registry(world, head, asker, number)


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
    if head.path.startswith(_OURS) and head.path != standby.STANDING_PATH:
        return own_path(rules, head, host, found, asker.nonce(number), moment)
    if head.path.startswith("/_s") and isinstance(host, IdeHost):
        special = _of_ide(world, head, host, found, asker, number, moment)
        if special is not None:
            return special
    fresh = world.table.fresh(moment.monotonic)
    own = asker.workspace == host.workspace
    access = decide(rules, head, host, found, fresh=fresh, now=moment.now, own=own)
    match access.verdict:
        case Verdict.PASS:
            return _to_instance(world, found, head, host, access, asker, number, moment)
        case Verdict.HANDOVER:
            return hand_over(rules, head, host, asker.nonce(number))
        case _:
            return _turned_away(rules, head, host, access)


def _turned_away(rules: Rules, head: RequestHead, host: WorkspaceHost, access: Access) -> Reply:
    match access.verdict:
        case Verdict.PREFLIGHT:
            return plain(204, preflight_headers(head, access.initiator))
        case Verdict.FORBIDDEN:
            return answers.forbidden(rules, head, access.why)
        case Verdict.SHARE_ENDED:
            return answers.share_ended(rules, head, host)
        case Verdict.SHARE_UNSURE:
            return answers.share_unsure(head)
        case _:
            return answers.unauthenticated(rules, head, host)


def _of_ide(
    world: World,
    head: RequestHead,
    host: IdeHost,
    found: Route | None,
    asker: Asker,
    number: int,
    moment: Moment,
) -> Plan | None:
    """Return the plan for a path of the IDE's host that has rules of its own."""
    if head.path.startswith(publicstatus.PREFIX):
        return publicstatus.public_status(head, host, found)
    if head.path in sshpaths.PATHS:
        headers = headers_for(world, head, asker, number, user_code=True)
        return sshpaths.ssh_path(world.rules, head, host, found, headers, moment)
    return None


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
    if head.path == standby.STANDING_PATH:
        return standby.watch(head, found, host)
    supervisor, tls, target = False, False, ""
    if isinstance(host, PortHost):
        port = host.port
        configured = found.ports.get(port)
        tls = configured is not None and configured.protocol == "https"
        if port in OWN_PORTS:
            return answers.not_found(f"Port {port} is the platform's own.")
    else:
        supervisor = head.path.startswith(_SUPERVISOR)
        port = SUPERVISOR_PORT if supervisor else IDE_PORT
        if head.path == _EXTENSION_CALLBACK:
            target = _CALLBACK + head.target.removeprefix(_EXTENSION_CALLBACK)
    if port == IDE_PORT and head.path in icons.PATHS:
        return plain(200, [(b"content-type", icons.TYPE)], icons.icon(found.phase))
    if found.target is None or not reachable(found, host, port):
        return standby.not_running(rules, found, head, host, access)
    owner = access.own or access.grant is not None
    visitor = "" if owner else _visitor(world, found, head, host, asker, moment)
    if visitor and world.visitors.full(visitor):
        return answers.too_many_connections(head)
    headers = headers_for(world, head, asker, number, user_code=True)
    if supervisor:
        proof = prove(found.key, head.method, head.target, access.bearer, moment.now)
        headers.append((PROOF_HEADER.encode(), proof.encode()))
    return Forward(
        Upstream(found.target, port, tls=tls),
        headers,
        host=host,
        access=access,
        route=found,
        ancestors=rules.ancestors(host.workspace, access.initiator),
        shared=not access.personal,
        origin=_reader(rules, head, host, access),
        target=target,
        visitor=visitor,
        owner=not visitor,
    )


def _visitor(
    world: World, found: Route, head: RequestHead, host: WorkspaceHost, asker: Asker, moment: Moment
) -> str:
    """Return the address by which to count who passes as anybody may; empty for the owner.

    A public port asks nobody for a grant, and most who come have none: it is looked at only
    where it matters, when the address is full and for the page of a port that is closed.
    """
    address = client_of(world, head, asker) or "unknown"
    configured = found.ports.get(host.port) if isinstance(host, PortHost) else None
    closed = configured is not None and not configured.listening
    if not (closed and is_navigation(head)) and not world.visitors.full(address):
        return address
    return "" if find_grant(world.rules, head, host, found, moment.now) else address


def _reader(rules: Rules, head: RequestHead, host: WorkspaceHost, access: Access) -> str:
    """Return the other host of the workspace that may read the answer across origins."""
    if not access.personal or b"origin" not in head.fields:
        return ""
    return "" if access.initiator == rules.origin_of(host) else access.initiator
