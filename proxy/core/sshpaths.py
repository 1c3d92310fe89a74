"""Paths of a workspace's IDE host that the SSH gateway answers: its host keys, and tunnels.

A browser's grant is checked here, as everywhere, and the gateway is told whose it is. A program
has a password instead, which only the gateway can have checked; it counts without an Origin alone,
so that no page can use one.
"""

from proxy.core import answers
from proxy.core.access import Verdict, decide
from proxy.core.commands import Service, Upstream
from proxy.core.events import Moment
from proxy.core.message import Headers, RequestHead
from proxy.core.plans import Forward, Plan
from proxy.core.rules import Rules
from wire.hosts import IdeHost
from wire.routes import Route
from wire.ssh import HOST_KEYS_PATH, TUNNEL_BEARER_HEADER, TUNNEL_PATHS, TUNNEL_TOKEN_HEADER

PATHS = frozenset({HOST_KEYS_PATH, *TUNNEL_PATHS})
_TOKEN = TUNNEL_TOKEN_HEADER.encode()
_BEARER = TUNNEL_BEARER_HEADER.encode()
_NOT_PASSED = frozenset({b"cookie", b"authorization"})
"""Of no use to the gateway."""


def ssh_path(
    rules: Rules,
    head: RequestHead,
    host: IdeHost,
    found: Route | None,
    headers: Headers,
    moment: Moment,
) -> Plan:
    """Return the plan for one of the paths; `headers` are what an upstream gets of the request.

    A workspace that is stopped, or that is none, is the gateway's matter: it starts the one, and
    tells strangers the same of both.
    """
    kept = [one for one in headers if one[0] not in _NOT_PASSED]
    if head.path == HOST_KEYS_PATH:
        return _to_gateway(kept)
    if not head.upgrade:
        return answers.not_found("Only a WebSocket is opened here.")
    token = head.fields.get(_TOKEN)
    if token is not None and b"origin" not in head.fields:
        return _to_gateway([*kept, (_TOKEN, token)])
    access = decide(rules, head, host, found, fresh=False, now=moment.now)
    if access.verdict is Verdict.FORBIDDEN:
        return answers.forbidden(rules, head, access.why)
    if access.verdict is not Verdict.PASS or access.grant is None:
        return answers.unauthenticated(rules, head, host)
    bearer = f"{access.grant.user} {access.grant.session}"
    return _to_gateway([*kept, (_BEARER, bearer.encode())])


def _to_gateway(headers: Headers) -> Forward:
    return Forward(Upstream(Service.SSH), headers)
