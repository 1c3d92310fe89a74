"""What is said when there is no connection to an upstream, or none any more."""

from proxy.core import standby
from proxy.core.access import wants_page
from proxy.core.answers import bad_gateway, service_away, workspace_link
from proxy.core.commands import Service, Way
from proxy.core.message import RequestHead
from proxy.core.plans import Forward
from proxy.core.replies import Reply, explain
from proxy.core.rules import Rules
from wire.agent import IDE_PORT, SUPERVISOR_PORT
from wire.hosts import IdeHost, PortHost


def no_connection(rules: Rules, head: RequestHead, forward: Forward, way: Way) -> Reply:
    """Return the answer when an upstream cannot be reached.

    A guest came by a share link: the editor and the workspace's page are not for them.
    """
    html, port, host = wants_page(head), forward.upstream.port, forward.host
    if host is None or forward.access is None:
        assert isinstance(forward.upstream.target, Service)
        return service_away(head, forward.upstream.target)
    if way is Way.REFUSED and isinstance(host, PortHost):
        owner = forward.owner
        return standby.port_closed(rules, head, host, forward.route, forward.access, owner=owner)
    links = () if forward.guest else (workspace_link(rules.hosts, host.workspace),)
    if way is Way.REFUSED and port in {IDE_PORT, SUPERVISOR_PORT} and isinstance(host, IdeHost):
        return _ended(rules, head, forward, host)
    ancestors = f"'self' {rules.hosts.ide(host.workspace)}"
    if way is Way.BUSY:
        return explain(
            504,
            "port_busy",
            f"Port {port} does not accept connections",
            f"A process of the workspace {host.workspace} listens on it, but did not answer "
            "in time.",
            "Look at what the process is doing.",
            html=html,
            links=links,
            again=5,
            ancestors=ancestors,
        )
    if way is Way.NOT_TLS:
        return explain(
            502,
            "port_not_https",
            f"Port {port} does not speak HTTPS",
            f"A process of the workspace {host.workspace} listens on it, but what it said is "
            "no TLS. The port's protocol is set to https.",
            "Set it to http, or let the process serve HTTPS.",
            html=html,
            links=links,
            again=5,
            ancestors=ancestors,
        )
    return explain(
        503,
        "node_away",
        "The workspace cannot be reached for a moment",
        "The machine's workspace daemon is starting, or does not know the workspace yet. "
        "What runs in the workspace goes on.",
        "If it stays like this, `podium status` on the machine tells more.",
        html=html,
        links=links,
        again=2,
    )


def broken_off(rules: Rules, head: RequestHead, forward: Forward, cause: str) -> Reply:
    """Return the answer when an upstream closed the connection instead of answering.

    The proxy does not ask again, since the request may have been what ended it. A person's page
    does, after a moment, where that has no effect (RFC 9110, 9.2.1): whoever comes just when an
    editor or a server is started anew gets there without doing anything.
    """
    host, target = forward.host, forward.upstream.target
    if host is None and head.replayable:
        assert isinstance(target, Service)
        return service_away(head, target)
    if isinstance(host, IdeHost) and head.replayable:
        return _ended(rules, head, forward, host)
    return bad_gateway(rules, head, host, cause, again=2 if head.replayable else 0)


def _ended(rules: Rules, head: RequestHead, forward: Forward, host: IdeHost) -> Reply:
    """Return the answer while the editor or the supervisor of a running workspace is away."""
    editor = forward.upstream.port == IDE_PORT
    return explain(
        502,
        "ide_away" if editor else "supervisor_away",
        f"The {'editor' if editor else 'supervisor'} of this workspace is not answering",
        "The workspace runs, and its terminals with it; the editor is being started anew.",
        html=wants_page(head),
        links=() if forward.guest else (workspace_link(rules.hosts, host.workspace),),
        again=2,
    )
