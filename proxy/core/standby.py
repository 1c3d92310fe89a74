"""Pages and problems of a workspace or port that is not there now, and how they end by themselves.

A page says what it was shown for, and asks the proxy to be told when that is over: the answer
comes with the route feed's next change, so that the page turns into the application within
moments, and nothing is asked again and again. Nobody but the owner learns of other ports.
"""

from enum import StrEnum
from urllib.parse import parse_qs, quote

from proxy.core.access import Access, wants_page
from proxy.core.answers import workspace_link
from proxy.core.message import RequestHead
from proxy.core.pages import Link, Row, Shown
from proxy.core.plans import Plan, Wait
from proxy.core.reachable import reachable
from proxy.core.replies import Reply, explain, plain, redirect
from proxy.core.rules import Rules, WorkspaceHost
from wire.agent import IDE_PORT
from wire.hosts import IdeHost, PortHost
from wire.phases import Phase
from wire.routes import PortRoute, Route

STANDING_PATH = "/.podium/standing"
"""On a workspace's host: `?was=` what a page was shown for; answers when that has changed."""
_GUEST_STARTS = "Whoever has shared it with you can start it; your link works on then."
MOST_ROWS = 12
"""Other ports that a page names."""


class Standing(StrEnum):
    """What stands at an address, as far as the route tells."""

    OPEN = "open"
    CLOSED = "closed"
    """The workspace is there, and nothing listens on the port."""
    STARTING = "starting"
    STOPPING = "stopping"
    STOPPED = "stopped"


def standing(found: Route, host: WorkspaceHost) -> Standing:
    """Return what stands at a host."""
    if isinstance(host, PortHost) and reachable(found, host, host.port):
        listens = found.ports.get(host.port, PortRoute()).listening
        return Standing.OPEN if listens else Standing.CLOSED
    if isinstance(host, IdeHost) and reachable(found, host, IDE_PORT):
        return Standing.OPEN
    if found.phase.starting or found.phase is Phase.RUNNING:
        return Standing.STARTING
    return Standing.STOPPING if found.phase is Phase.STOPPING else Standing.STOPPED


def watch(head: RequestHead, found: Route, host: WorkspaceHost) -> Plan:
    """Return the answer to a page that asks whether it is still right; it waits for a change.

    A page of a closed port is to ask anew after a while anyway: what listens is known from a
    supervisor alone, and there may be none.
    """
    was = parse_qs(head.target.partition("?")[2]).get("was", [""])[0]
    stands, over = standing(found, host), plain(200, [(b"content-type", b"text/plain")], b"over\n")
    if stands != was:
        return over
    return Wait(host.workspace, over if stands is Standing.CLOSED else plain(204, []))


def start_link(rules: Rules, head: RequestHead, host: WorkspaceHost, words: str) -> Link:
    """Return the way to the page that starts a workspace, and comes back to where one was."""
    back = quote(rules.origin_of(host) + head.target, safe="")
    return Link(f"{rules.hosts.start(host.workspace)}?back={back}", words)


def not_running(
    rules: Rules, found: Route, head: RequestHead, host: WorkspaceHost, access: Access
) -> Reply:
    """Return the answer while a workspace cannot be reached because of its phase.

    A guest came by a share link, and can neither watch a start nor cause one.
    """
    html, guest = wants_page(head), access.share is not None
    stands = standing(found, host)
    starts = start_link(rules, head, host, "Show the start")
    page = workspace_link(rules.hosts, found.workspace)
    again, cure, first = 2, "", (starts,)
    match stands:
        case Standing.STOPPING:
            title, again = "This workspace is stopping", 3
            cause = "Its processes end, then its files are put in safety."
        case Standing.STOPPED:
            title, again = "This workspace is stopped", 30
            cause = "Nothing runs in it. Its files and its home are kept."
            cure = _GUEST_STARTS if guest else _comes_back(host)
            first = (start_link(rules, head, host, "Start"),)
        case _:
            if html and isinstance(host, IdeHost):
                return redirect(starts.url)
            title = "This workspace is starting"
            cause = "What you asked for opens here as soon as it answers."
    return explain(
        503,
        f"workspace_{'starting' if stands is Standing.OPEN else stands}",
        title,
        cause,
        cure,
        html=html,
        links=() if guest else (page,) if stands is Standing.STOPPING else (*first, page),
        again=again,
        ancestors=f"'self' {rules.hosts.ide(host.workspace)}",
        shown=_shown(head, stands, host),
    )


def _comes_back(host: WorkspaceHost) -> str:
    what = f"port {host.port}" if isinstance(host, PortHost) else "the editor"
    return f"Start it, and {what} opens here as soon as it answers."


def port_closed(
    rules: Rules,
    head: RequestHead,
    host: PortHost,
    found: Route | None,
    access: Access,
    *,
    owner: bool = False,
) -> Reply:
    """Return the answer for a port on which nothing listens, in a workspace that is there.

    `owner` is known of whoever passes as anybody does, to a public port.
    """
    guest = access.share is not None and not owner
    owner = owner or access.grant is not None or access.own
    port, ports = host.port, {} if found is None else found.ports
    name = ports.get(port, PortRoute()).name
    editor = Link(f"{rules.hosts.ide(host.workspace)}/", "Open the editor")
    stands = Standing.CLOSED if found is None else standing(found, host)
    return explain(
        502,
        "port_closed",
        f"Nothing listens on port {port}",
        f"The workspace is there, but no process in it accepts connections on port {port}"
        f"{f' ({name})' if name else ''}.",
        "Whoever has shared it with you can start its server."
        if guest
        else "Start your server in the workspace: this page turns into it by itself.",
        html=wants_page(head),
        links=() if guest else (editor, workspace_link(rules.hosts, host.workspace)),
        again=3,
        ancestors=f"'self' {rules.hosts.ide(host.workspace)}",
        shown=_shown(head, stands, host, _rows(rules, host, ports) if owner else ()),
    )


def _rows(rules: Rules, host: PortHost, ports: dict[int, PortRoute]) -> tuple[Row, ...]:
    """Return the other ports: those that listen first, then those that only have a name."""
    others = [(port, one) for port, one in sorted(ports.items()) if port != host.port]
    told = [one for one in others if one[1].listening]
    told += [one for one in others if one[1].name and not one[1].listening]
    return tuple(
        Row(
            str(port),
            one.name,
            rules.hosts.port_of(host.workspace, port) + "/" if one.listening else "",
            "" if one.listening else "nothing listens",
        )
        for port, one in told[:MOST_ROWS]
    )


def _shown(
    head: RequestHead, stands: Standing, host: WorkspaceHost, rows: tuple[Row, ...] = ()
) -> Shown:
    """Return how the page looks and ends.

    What was sent to it is not sent again; and where the route says that all is well already,
    no change need come: then the page asks again and again.
    """
    running = {Standing.OPEN, Standing.CLOSED}
    words = "running" if stands in running else stands.value
    waits = stands is not Standing.OPEN and head.method in {"GET", "HEAD"}
    watches = f"{STANDING_PATH}?was={stands}" if waits else ""
    return Shown(
        state=words,
        what=host.workspace,
        watches=watches,
        rows=rows,
        heading="Listening in this workspace" if any(row.url for row in rows) else "Other ports",
    )
