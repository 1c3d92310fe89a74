"""What the proxy says when a request cannot go on: every cause with its words and its cure."""

from proxy.core.access import wants_page
from proxy.core.commands import Service
from proxy.core.message import RequestHead
from proxy.core.pages import Link
from proxy.core.replies import Reply, explain
from proxy.core.rules import Rules, WorkspaceHost
from wire.hosts import Hosts


def dashboard_link(hosts: Hosts) -> Link:
    """Return the way to the dashboard."""
    return Link(f"{hosts.dashboard}/", "Open the dashboard")


def workspace_link(hosts: Hosts, workspace: str) -> Link:
    """Return the way to a workspace's own page."""
    return Link(f"{hosts.dashboard}/workspaces/{workspace}", "Open the workspace's page")


def host_unknown(hosts: Hosts, head: RequestHead) -> Reply:
    """Return the answer for a host that names nothing served here."""
    return explain(
        404,
        "host_unknown",
        "Nothing lives at this address",
        f"{head.authority[:200]} names no workspace, no port of one and no service.",
        "Check the address, or go on from the dashboard.",
        html=wants_page(head),
        links=(dashboard_link(hosts),),
    )


def not_found(cause: str = "There is no such page.") -> Reply:
    """Return a plain 404."""
    return explain(404, "not_found", "Not found", cause, html=False)


def unauthenticated(rules: Rules, head: RequestHead, host: WorkspaceHost) -> Reply:
    """Return the answer for a request without a valid grant, the same for every workspace."""
    here = rules.origin_of(host) + head.target
    return explain(
        401,
        "unauthenticated",
        "Not signed in here",
        "This address is private, and the request carries no valid credential for it.",
        "Open it in a tab of its own.",
        html=wants_page(head),
        links=(Link(here, "Open in a new tab", tab=True),),
        ancestors="*",
    )


def share_ended(rules: Rules, head: RequestHead, host: WorkspaceHost) -> Reply:
    """Return the page for a guest whose share link counts no more; its cookie is taken away.

    So whoever has an account gets to the sign-in by opening the address once more.
    """
    reply = explain(
        403,
        "share_ended",
        "The link that let you in does not work any more",
        "It has expired or was revoked.",
        "Ask whoever has given it to you for a new one.",
        html=wants_page(head),
        links=(Link(rules.origin_of(host) + head.target, "I have an account here"),),
    )
    gone = f"{rules.share_cookie}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax"
    reply.headers.append((b"set-cookie", gone.encode()))
    return reply


def share_unsure(head: RequestHead) -> Reply:
    """Return the page for a guest while nobody says whether the link counts."""
    return explain(
        503,
        "share_unsure",
        "Your link cannot be checked for a moment",
        "The server, which knows whether it still works, is starting, or has stopped.",
        html=wants_page(head),
        again=5,
    )


def forbidden(rules: Rules, head: RequestHead, why: str) -> Reply:
    """Return the answer for a request that somebody else's page caused."""
    return explain(
        403,
        "initiator_refused",
        "Refused",
        f"The request was {why}, or the browser did not tell what caused it.",
        "Only pages of the same workspace may use it. Open the address in a tab of its own.",
        html=wants_page(head),
        links=(dashboard_link(rules.hosts),),
    )


def too_many_connections(head: RequestHead) -> Reply:
    """Return the answer to a visitor whose address has as many connections in use as it may."""
    return explain(
        429,
        "too_many_connections",
        "Too many connections from your address",
        "Requests to public and shared ports are limited for each address, and yours has as many "
        "in work as it may.",
        "Close other tabs with this application, or wait until their requests have ended.",
        html=wants_page(head),
        again=5,
    )


def too_many_requests(head: RequestHead) -> Reply:
    """Return the answer to who has waited for the end of other requests of the same address."""
    return explain(
        429,
        "too_many_requests",
        "Too many requests from your address",
        "Of each address so many requests are answered at a time, and those before yours took "
        "longer than you can be kept waiting.",
        "Wait until they have ended.",
        html=wants_page(head),
        again=5,
    )


def workspace_gone(rules: Rules, head: RequestHead) -> Reply:
    """Return the answer to somebody with a grant for what is no more."""
    return explain(
        404,
        "workspace_gone",
        "This workspace does not exist any more",
        "It was deleted, and its files with it.",
        "Open another one from the dashboard.",
        html=wants_page(head),
        links=(dashboard_link(rules.hosts),),
    )


def handover_failed(rules: Rules, cause: str) -> Reply:
    """Return the page that ends a failed handover, instead of a loop."""
    return explain(
        400,
        "handover_failed",
        "Signing in to this workspace did not work",
        cause,
        "Open the workspace again from the dashboard. If it happens again, this browser "
        "may not keep cookies for this address.",
        html=True,
        links=(dashboard_link(rules.hosts),),
    )


def service_away(head: RequestHead, service: Service) -> Reply:
    """Return the answer while a service of ours does not answer; a page asks again by itself."""
    html = wants_page(head)
    if service is Service.BLOBSERVE:
        return explain(
            503,
            "assets_away",
            "Static files of the editor are not served for a moment",
            "Blobserve is starting, has stopped, or hangs. Editors load their own files meanwhile.",
            "If it stays like this, `podium status` on the machine tells more.",
            html=html,
            again=2,
        )
    return explain(
        503,
        "server_away",
        "The dashboard does not answer",
        "Its server is starting, has stopped, or hangs. Workspaces go on working: editors, "
        "terminals and ports that are open stay open.",
        "If it stays like this, `podium status` on the machine tells more.",
        html=html,
        again=2,
    )


def bad_gateway(
    rules: Rules, head: RequestHead, host: WorkspaceHost | None, cause: str, *, again: int = 0
) -> Reply:
    """Return the answer when an upstream closed or talked nonsense instead of answering."""
    links = () if host is None else (workspace_link(rules.hosts, host.workspace),)
    return explain(
        502,
        "bad_gateway",
        "The connection broke before there was an answer",
        cause,
        "If it stays like this, look at what the server behind this address prints.",
        html=wants_page(head),
        links=links,
        again=again,
        ancestors="'none'" if host is None else f"'self' {rules.hosts.ide(host.workspace)}",
    )


def refused(status: int, why: str) -> Reply:
    """Return the answer to a byte stream that cannot be trusted.

    Any page of the workspaces' site can set cookies for all of its hosts, so many that no head
    has room for them. Browsers then send them for as long as they last; only an answer like
    this one can take them away.
    """
    large = status == 431
    dropped = " A browser was told to drop its cookies, so load the page again." if large else ""
    reply = explain(
        status,
        "request_refused",
        "Request refused",
        f"{why[:1].upper()}{why[1:]}.{dropped}",
        "Send a request that every reader understands in the same way (RFC 9112).",
        html=False,
    )
    if large:
        reply.headers.append((b"clear-site-data", b'"cookies"'))
    return reply
