"""What is said when there is no connection to an upstream."""

from proxy.core import standby
from proxy.core.access import wants_page
from proxy.core.answers import service_away, workspace_link
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
        what = "editor" if port == IDE_PORT else "supervisor"
        return explain(
            502,
            f"{'ide' if port == IDE_PORT else 'supervisor'}_away",
            f"The {what} of this workspace is not answering",
            "The workspace runs, and its terminals with it; the editor is being started anew.",
            html=html,
            links=links,
            again=2,
        )
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
