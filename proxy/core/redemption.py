"""What the browser is told when the server has answered about a handover's code."""

from dataclasses import replace

from proxy.core import answers
from proxy.core.access import holds
from proxy.core.handover import MOST_ATTEMPTS, begin, finish, is_relative
from proxy.core.message import RequestHead
from proxy.core.plans import Redemption
from proxy.core.replies import Reply, explain, redirect
from proxy.core.rules import Rules
from wire.routes import Route

GRANTED = "granted"
"""What the log calls its end."""


def after_success(
    rules: Rules, plan: Redemption, grant: str, path: str, found: Route | None, now: float
) -> Reply:
    """Set the grant and go on to where the person wanted to go.

    A grant that would not be taken here is not set: the next request would only begin
    the handover again.
    """
    verified = rules.grants.verify(grant, now)
    if verified is None or not holds(verified, plan.host, found):
        return answers.handover_failed(
            rules, "The server gave a grant that this proxy cannot accept, or not any more."
        )
    path = path if is_relative(path) else "/"
    cookies = finish(rules, plan.host, grant, plan.attempt)
    return replace(redirect(path, cookies=cookies), code=GRANTED)


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
