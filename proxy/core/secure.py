"""What HTTPS asks of answers: plain HTTP leads to it, and browsers remember it."""

from dataclasses import replace

from proxy.core import answers
from proxy.core.message import RequestHead
from proxy.core.replies import Reply, redirect
from proxy.core.rules import Rules
from wire.hosts import LoopbackHost

STRICT = (b"strict-transport-security", b"max-age=15552000")
"""Half a year; not for names below, since each answers for itself (RFC 6797)."""


def strict(reply: Reply) -> Reply:
    """Let the browser come by HTTPS alone from now on."""
    return replace(reply, headers=[*reply.headers, STRICT])


def to_https(rules: Rules, head: RequestHead) -> Reply:
    """Send whoever came by plain HTTP to the same place, on a host that is ours."""
    name = head.authority
    if not name.endswith("]"):
        name = name.rpartition(":")[0] or name
    host = rules.host(name)
    if host is None:
        return answers.host_unknown(rules.hosts, head)
    status = 302 if head.method in {"GET", "HEAD"} else 308
    hosts = rules.hosts
    origin = hosts.dashboard if isinstance(host, LoopbackHost) else hosts.origin(name.lower())
    target = head.target if head.target.startswith("/") else "/"
    return redirect(origin + target, status=status)
