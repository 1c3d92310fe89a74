"""Paths below /.podium/: a handover's end, opening as soon as it answers, loading files ahead."""

from dataclasses import replace
from urllib.parse import parse_qs

from proxy.core import answers
from proxy.core.access import find_grant, is_navigation
from proxy.core.events import Moment
from proxy.core.handover import GRANT_PATH, MOST_ATTEMPTS, attempts, begin, is_relative, returned
from proxy.core.message import RequestHead
from proxy.core.plans import Plan, Redemption, Wait
from proxy.core.preload import preload_page
from proxy.core.reachable import reachable
from proxy.core.replies import Reply, plain, redirect
from proxy.core.rules import Rules, WorkspaceHost
from proxy.core.sharelink import share_path
from wire.agent import IDE_PORT
from wire.assets import PRELOAD_PATH, read_preload, static_root
from wire.hosts import OPEN_PATH, IdeHost, PortHost
from wire.routes import Route
from wire.shares import SHARE_PATH

HANDOVER = "handover"
"""What the log calls its beginning."""


def own_path(
    rules: Rules,
    head: RequestHead,
    host: WorkspaceHost,
    found: Route | None,
    fresh_nonce: str,
    moment: Moment,
) -> Plan:
    """Return the plan for a path of the proxy's own on a workspace's host."""
    if head.path == OPEN_PATH and head.method == "GET" and isinstance(host, IdeHost):
        return _open(rules, head, host, found, fresh_nonce, moment)
    if head.path == SHARE_PATH and isinstance(host, PortHost):
        return share_path(rules, head, host)
    if head.path != GRANT_PATH or head.method != "GET":
        return answers.not_found()
    back = returned(rules, head)
    if back is not None:
        return Redemption(host, back.code, back.nonce, back.attempt)
    if find_grant(rules, head, host, found, moment.now) is not None:
        return redirect("/")  # the address of an old handover, out of the history
    if is_navigation(head) and attempts(rules, head):
        return hand_over(rules, head, host, fresh_nonce, path="/")
    return answers.handover_failed(rules, "The browser did not send back our cookie.")


def hand_over(
    rules: Rules, head: RequestHead, host: WorkspaceHost, fresh_nonce: str, path: str = ""
) -> Reply:
    """Begin a handover that comes back to `path`, or to where the person wanted to go."""
    if attempts(rules, head) >= MOST_ATTEMPTS:
        return answers.handover_failed(
            rules, "A grant was given twice, and the browser did not send it back in a valid form."
        )
    begun = begin(rules, head, host, path or head.target, fresh_nonce)
    return replace(redirect(begun.location, cookies=(begun.cookie,)), code=HANDOVER)


def _open(
    rules: Rules,
    head: RequestHead,
    host: IdeHost,
    found: Route | None,
    fresh_nonce: str,
    moment: Moment,
) -> Plan:
    """Lead to the IDE as soon as it answers.

    The start page sends the browser here when it begins to show a start: until there is an
    answer that page stays, and goes on showing. So the handover is over, and the browser has
    made ready, when VS Code is. An answer without content lets the page stay for good.
    """
    if not is_navigation(head):
        return answers.not_found()
    if find_grant(rules, head, host, found, moment.now) is None:
        return hand_over(rules, head, host, fresh_nonce)
    if found is not None and reachable(found, host, IDE_PORT):
        to = parse_qs(head.target.partition("?")[2]).get("to", ["/"])[0]
        return redirect(to if is_relative(to) else "/")
    stay = plain(204, [])
    starting = found is not None and found.phase.starting
    return Wait(host.workspace, stay) if starting else stay


def preload(rules: Rules, head: RequestHead) -> Plan:
    """Return the page that loads static files ahead; it is nobody's, and knows nothing."""
    path, _, query = head.target.partition("?")
    asked = read_preload(query) if path == PRELOAD_PATH and head.method == "GET" else None
    if asked is None:
        return answers.host_unknown(rules.hosts, head)
    image, workspace = asked
    root = static_root(rules.hosts.assets, image)
    headers, body = preload_page(rules.hosts.assets, root, rules.hosts.start(workspace))
    return plain(200, headers, body)
