"""Share links: how a guest without an account is let in to one port.

1. The link's page (`SHARE_PATH`, the same for everybody) takes the token out of the address's
   fragment, which no server sees, and sends it as a form.
2. What this installation has not signed for this port is refused here; the rest is asked of
   the server, which knows whether the link still works, and its password.
3. The guest gets a cookie of this one host, and goes on to the clean address.

The pages stand on an origin that belongs to user code. Nothing there can frame them, or reach
into them from the window that opened them; a form that another workspace's page sends is refused.
"""

from urllib.parse import parse_qs

from msgspec import Struct

from proxy.core import answers, events, sharepages
from proxy.core.access import sent_by_own_page
from proxy.core.commands import OpenShare
from proxy.core.message import RequestHead
from proxy.core.plans import Opening, Plan
from proxy.core.replies import Reply, explain, redirect
from proxy.core.rules import Rules
from proxy.core.table import Table
from wire.hosts import PortHost
from wire.shares import read_token

MOST_FORM = 4096
"""Bytes of the form; token and password have 800 at most."""
_MOST_PASSWORD = 200
_ASKS = frozenset({"share_password", "share_password_wrong"})
_STATUS = {"share_ended": 410, "share_used": 410, "share_tries": 429, "share_busy": 429}
AWAY = "server_away"


class Form(Struct, frozen=True):
    """What the page sends."""

    token: str
    password: str


def share_path(rules: Rules, head: RequestHead, host: PortHost) -> Plan:
    """Return the page that takes the token in, or the plan to read the form that it sends."""
    if head.method == "GET":
        return sharepages.arrival()
    if head.method != "POST":
        return answers.not_found()
    if not sent_by_own_page(rules, head, host):
        return answers.forbidden(rules, head, "not sent by the link's own page")
    return Opening(host)


def read_form(body: bytes) -> Form:
    """Return the fields of a form; what is missing or twice there is empty."""
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=8)
    except ValueError:
        fields = {}
    token, password = fields.get("token", []), fields.get("password", [])
    return Form(
        token[0] if len(token) == 1 else "",
        password[0][:_MOST_PASSWORD] if len(password) == 1 else "",
    )


def opening(table: Table, host: PortHost, form: Form) -> OpenShare | Reply:
    """Return the question for the server; what it need not be asked is answered here."""
    if read_token(form.token, host.workspace, host.port, table.keys) is None:
        return explain(
            400,
            "share_invalid",
            "This link is not complete",
            "A part of it is missing or was changed on its way, or it is of another Podium.",
            "Copy the whole link once more, or ask for a new one.",
            html=True,
        )
    return OpenShare(form.token, host.workspace, host.port, form.password)


def after_opening(rules: Rules, host: PortHost, opened: events.ShareOpened, now: float) -> Reply:
    """Set the guest's cookie and go on to the clean address.

    Whether the link counts is seen there: the route that names it may be on its way still.
    """
    share = rules.grants.verify_share(opened.grant)
    if share is None or (share.workspace, share.port) != (host.workspace, host.port):
        return explain(
            502,
            "share_invalid",
            "This link could not be opened",
            "The server gave a grant that this proxy cannot accept.",
            "Open the link again.",
            html=True,
        )
    age = max(0, int(opened.expires - now))
    flags = f"Max-Age={age}; Path=/; HttpOnly; Secure; SameSite=Lax"
    return redirect("/", cookies=(f"{rules.share_cookie}={opened.grant}; {flags}",))


def after_refusal(host: PortHost, form: Form, refused: events.ShareRefused) -> Reply:
    """Ask for the password, or for another try, or say why there is no way in."""
    if refused.code in _ASKS:
        wrong = refused.code == "share_password_wrong"
        return sharepages.password(host, form.token, refused.code, wrong=wrong)
    if refused.code == AWAY:
        return sharepages.away(form.token, refused.cause)
    return explain(
        _STATUS.get(refused.code, 403),
        refused.code,
        refused.title,
        refused.cause,
        refused.cure,
        html=True,
    )
