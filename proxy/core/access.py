"""Who may pass to a workspace host. Pure; the proxy's half of the access function.

The server decides whom it gives a grant. Here it is checked that the request holds one that is
still worth something, and that it was caused by a page that may use it. All workspaces are
same-site to one another, so a cookie alone proves nothing: a page of workspace A can make a
browser send B's cookies. What a page cannot forge are the headers that the browser itself adds
(Origin, Referer, Sec-Fetch-*). When those do not say that a page of the same workspace caused the
request, it is refused; a request without any of them is refused too. The one exception is what
every link on the web does: a person opens the address in a tab.
"""

from enum import StrEnum

from proxy.core.message import RequestHead
from proxy.core.rules import Rules, WorkspaceHost
from wire.hosts import IdeHost, PortHost
from wire.proof import Bearer
from wire.routes import Route
from wire.shares import ShareGrant
from wire.tokens import Grant, read_claims

MOST_CHECKS = 8
"""Signatures of one request's duplicates of a cookie that are checked."""

_FOREIGN_PAGE = "not sent by a page of this workspace"
_ANONYMOUS = Bearer("-", "anonymous")


class Verdict(StrEnum):
    """What becomes of a request."""

    PASS = "pass"  # noqa: S105 -- a verdict
    PREFLIGHT = "preflight"
    """Answered by the proxy: a page of the same workspace may ask."""
    HANDOVER = "handover"
    """A person came without a grant: the dashboard knows whether there is one."""
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    SHARE_ENDED = "share_ended"
    """A person came with what a share link had given, which counts no more."""
    SHARE_UNSURE = "share_unsure"
    """The same, and nobody has said for a while which links count."""


class Access:
    """The verdict, and what was learnt: a guest's `share`, its `own` port, the page's origin."""

    def __init__(
        self,
        verdict: Verdict,
        grant: Grant | None = None,
        share: ShareGrant | None = None,
        *,
        own: bool = False,
        initiator: str = "",
        why: str = "",
    ) -> None:
        self.verdict = verdict
        self.grant = grant
        self.share = share
        self.own = own
        self.initiator = initiator
        self.why = why

    @property
    def personal(self) -> bool:
        """Whether it passes for a reason that not everybody has."""
        return self.own or self.grant is not None or self.share is not None

    @property
    def bearer(self) -> Bearer:
        """Who is told to the supervisor."""
        return Bearer(self.grant.user, self.grant.role) if self.grant else _ANONYMOUS


def is_navigation(head: RequestHead) -> bool:
    """Tell whether a person opened this address in a tab.

    Browsers without fetch metadata are known by what they accept; that is enough to
    choose between a page and JSON, and to begin a handover, but never to use a grant.
    """
    if head.method not in {"GET", "HEAD"} or head.upgrade:
        return False
    mode = head.get(b"sec-fetch-mode")
    if mode:
        return mode == "navigate" and head.get(b"sec-fetch-dest") == "document"
    return "text/html" in head.get(b"accept") and not head.get(b"origin")


def wants_page(head: RequestHead) -> bool:
    """Tell whether the answer is shown to a person: a navigation, frames included."""
    return is_navigation(head) or (
        head.method in {"GET", "HEAD", "POST"} and head.get(b"sec-fetch-mode") == "navigate"
    )


def is_preflight(head: RequestHead) -> bool:
    """Tell whether a browser asks for permission, which it does without credentials."""
    return head.method == "OPTIONS" and b"access-control-request-method" in head.fields


def is_public(route: Route | None, host: WorkspaceHost, *, fresh: bool) -> bool:
    """Tell whether anybody may use the port; never while the feed is not `fresh`."""
    if route is None or not fresh or isinstance(host, IdeHost):
        return False
    configured = route.ports.get(host.port)
    return configured is not None and configured.visibility == "public"


def decide(
    rules: Rules,
    head: RequestHead,
    host: WorkspaceHost,
    route: Route | None,
    *,
    fresh: bool,
    now: float,
    own: bool = False,
) -> Access:
    """Return what becomes of the request; `now` is seconds since 1970.

    A stranger gets the same answer whether the workspace exists or not. `own` says that
    the request comes out of the workspace itself, whose processes reach its ports anyway;
    its IDE and its supervisor are the person's, not theirs.
    """
    if is_public(route, host, fresh=fresh):
        return Access(Verdict.PASS)
    origin = head.get(b"origin")
    page = rules.page_of(origin, host.workspace) if origin else ""
    if is_preflight(head):
        verdict = Verdict.PREFLIGHT if page else Verdict.FORBIDDEN
        return Access(verdict, initiator=page, why="sent by a page of another origin")
    if own and isinstance(host, PortHost):
        return _own(rules, head, host, origin, page)
    grant = find_grant(rules, head, host, route, now)
    share = find_share(rules, head, host, route, fresh=fresh, now=now) if grant is None else None
    if grant is None and share is None:
        return Access(_turn_away(rules, head, host, fresh=fresh))
    initiator = _initiator(rules, head, host, origin, page)
    if _may_use(head, origin, page, initiator):
        return Access(Verdict.PASS, grant, share, initiator=initiator)
    return Access(Verdict.FORBIDDEN, grant, share, why=_FOREIGN_PAGE)


def _turn_away(rules: Rules, head: RequestHead, host: WorkspaceHost, *, fresh: bool) -> Verdict:
    if not is_navigation(head):
        return Verdict.UNAUTHENTICATED
    guest = isinstance(host, PortHost) and bool(head.cookies(rules.share_cookie))
    if not guest:
        return Verdict.HANDOVER
    return Verdict.SHARE_ENDED if fresh else Verdict.SHARE_UNSURE


def sent_by_own_page(rules: Rules, head: RequestHead, host: WorkspaceHost) -> bool:
    """Tell whether a page of the same workspace caused the request, or a person did."""
    origin = head.get(b"origin")
    page = rules.page_of(origin, host.workspace) if origin else ""
    return _may_use(head, origin, page, _initiator(rules, head, host, origin, page))


def _own(rules: Rules, head: RequestHead, host: WorkspaceHost, origin: str, page: str) -> Access:
    """Return what becomes of a workspace's request to a port of its own.

    Programs say nothing of a cause. A browser in the workspace does, and the pages of
    others in it must not use what its own may.
    """
    initiator = _initiator(rules, head, host, origin, page)
    browser = bool(origin) or b"sec-fetch-site" in head.fields
    if not browser or _may_use(head, origin, page, initiator):
        return Access(Verdict.PASS, own=True, initiator=initiator)
    return Access(Verdict.FORBIDDEN, why=_FOREIGN_PAGE)


def _initiator(rules: Rules, head: RequestHead, host: WorkspaceHost, origin: str, page: str) -> str:
    if origin or head.upgrade:
        return page
    return rules.page_of(head.get(b"referer"), host.workspace)


def find_grant(
    rules: Rules, head: RequestHead, host: WorkspaceHost, route: Route | None, now: float
) -> Grant | None:
    """Return the first valid grant among the cookies, duplicates included.

    A page of another workspace can set as many of them as a browser holds, in front of the
    right one. So none is left out: those that cannot hold by their own words cost next to
    nothing, those that were looked at before nothing. Of the others a few are checked, and the
    next request gets further.
    """
    ide = isinstance(host, IdeHost)
    name = rules.ide_cookie if ide else rules.port_cookie(host.workspace)
    if b"cookie" not in head.fields:
        return None
    checks = MOST_CHECKS
    for value in head.cookies(name):
        if not rules.grants.known(value):
            claimed = read_claims(value)
            if not checks or claimed is None or not holds(claimed, host, route):
                continue
            checks -= 1
        grant = rules.grants.verify(value, now)
        if grant is not None and holds(grant, host, route):
            return grant
    return None


def holds(grant: Grant, host: WorkspaceHost, route: Route | None) -> bool:
    """Tell whether a verified grant is worth this host now."""
    scope = "ide" if isinstance(host, IdeHost) else "port"
    if grant.workspace != host.workspace or grant.scope != scope:
        return False
    return route is None or (grant.epoch >= route.auth_epoch and grant.user == route.owner)


def find_share(
    rules: Rules,
    head: RequestHead,
    host: WorkspaceHost,
    route: Route | None,
    *,
    fresh: bool,
    now: float,
) -> ShareGrant | None:
    """Return the first share grant among the cookies that counts on this host now.

    Only the route says whether a link still counts, so without a `fresh` feed none does.
    """
    if not fresh or b"cookie" not in head.fields or not isinstance(host, PortHost):
        return None
    for value in head.cookies(rules.share_cookie)[:MOST_CHECKS]:
        share = rules.grants.verify_share(value)
        if share is not None and holds_share(share, host, route, now):
            return share
    return None


def holds_share(share: ShareGrant, host: WorkspaceHost, route: Route | None, now: float) -> bool:
    """Tell whether a verified share grant is worth this host now."""
    if not isinstance(host, PortHost) or (share.workspace, share.port) != (
        host.workspace,
        host.port,
    ):
        return False
    named = route.shares.get(share.share) if route is not None else None
    return named is not None and named.port == host.port and now < min(share.expires, named.expires)


def _may_use(head: RequestHead, origin: str, page: str, initiator: str) -> bool:
    """Tell whether whoever caused this request may use the person's grant."""
    if head.upgrade:
        return bool(page)
    site = head.get(b"sec-fetch-site")
    if origin:
        # a form of a page without referrers says null; an opaque origin is never same-origin
        return bool(page) or (origin == "null" and site == "same-origin")
    mode, dest = head.get(b"sec-fetch-mode"), head.get(b"sec-fetch-dest")
    if mode == "navigate" and dest == "document":
        return head.method == "GET"
    if b"referer" in head.fields:
        return bool(initiator)
    return site in {"same-origin", "none"}
