"""What the browser is told when the server has answered about a handover's code."""

from dataclasses import replace

from proxy.core import answers, events
from proxy.core.access import holds
from proxy.core.handover import MOST_ATTEMPTS, begin, finish, is_relative
from proxy.core.message import RequestHead
from proxy.core.plans import Redemption
from proxy.core.replies import Reply, explain, redirect
from proxy.core.rules import Rules, WorkspaceHost
from wire.hosts import IdeHost, PortHost
from wire.routes import Route

GRANTED = "granted"
"""What the log calls its end."""


def after_success(
    rules: Rules, plan: Redemption, given: events.Redeemed, found: Route | None, now: float
) -> Reply:
    """Set the grant and go on to where the person wanted to go.

    A grant that would not be taken here is not set: the next request would only begin
    the handover again.
    """
    host = plan.host
    if not _would_be_taken(rules, given.grant, host, found, now):
        return answers.handover_failed(
            rules, "The server gave a grant that this proxy cannot accept, or not any more."
        )
    path = given.path if is_relative(given.path) else "/"
    any_port = PortHost(host.workspace, 1)
    framed = isinstance(host, IdeHost) and _would_be_taken(rules, given.ports, any_port, found, now)
    cookies = finish(rules, host, given.grant, plan.attempt, ports=given.ports if framed else "")
    return replace(redirect(path, cookies=cookies), code=GRANTED)


def _would_be_taken(
    rules: Rules, grant: str, host: WorkspaceHost, found: Route | None, now: float
) -> bool:
    verified = rules.grants.verify(grant, now) if grant else None
    return verified is not None and holds(verified, host, found)


def after_failure(
    rules: Rules, head: RequestHead, plan: Redemption, cause: str, nonce: str, *, away: bool
) -> Reply:
    """Ask again while the server is away; else begin anew once, then explain."""
    if away:
        return explain(
            503,
            "server_away",
            "Signing in to this workspace waits for the server",
            cause,
            html=True,
            again=2,
        )
    if plan.attempt >= MOST_ATTEMPTS:
        return answers.handover_failed(rules, cause)
    begun = begin(rules, head, plan.host, "/", nonce, after=plan.attempt)
    return redirect(begun.location, cookies=(begun.cookie,))
