"""Pages of accounts: sign in, the handover to workspace hosts, static files, and nothing here.

Other domains take the frame of their pages from here, because it says who is signed in.
"""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from litestar import HttpMethod, Request, Response, Router, get, route
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import PathParameter, QueryParameter
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from app.accounts import handover
from app.accounts.access import Action, Kind, Principal, Resource, allowed
from app.accounts.keys import Keys
from app.accounts.paths import relative
from app.db.sessions import Database
from app.faults import Malformed, Missing, answer
from app.runtime.publish import RouteFeed
from app.settings import Settings
from app.web.errors import answer_page
from app.web.render import Context, Renderer, Shell
from app.web.static import static_route
from kit.clock import Clock
from wire.hosts import IdeHost, PortHost

Page = Request[Any, Any, Any]
_PRIVATE = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
_PROGRAMS = ("/api/", "/internal/", "/agent/")


@dataclass(frozen=True, slots=True)
class SignInContext(Context):
    """How to get a link, and a field for it."""

    template: ClassVar[str] = "accounts/sign_in.html"

    next: str


@dataclass(frozen=True, slots=True)
class LinkContext(Context):
    """Posts the token in the address of the page."""

    template: ClassVar[str] = "accounts/link.html"

    next: str


def shell(principal: Principal, keys: Keys, title: str, place: str = "") -> Shell:
    """Return the frame of a page for whoever looks at it."""
    signed_in = principal.kind is Kind.USER
    csrf = keys.csrf(principal.session) if principal.session else ""
    return Shell(title=title, place=place, signed_in=signed_in, csrf=csrf)


def answer_error(request: Page, error: Exception) -> Response[Any]:
    """Answer an error of a page in the frame of whoever asked."""
    principal = request.scope["state"].get("principal") or Principal(Kind.NOBODY, "")  # type: ignore[arg-type] # an error before anybody was known
    return answer_page(request, error, shell(principal, request.app.state["keys"], ""))


PAGE_HANDLERS: ExceptionHandlersMap = {Exception: answer_error, HTTPException: answer_error}
"""For every router of pages."""


@get("/sign-in", opt={"action": Action.SEE_PUBLIC})
async def sign_in(
    request: Page,
    principal: NamedDependency[Principal],
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
    next_path: Annotated[str, QueryParameter(name="next", max_length=4096)] = "/",
) -> Response[Any]:
    """Tell how to sign in; who is signed in already goes on."""
    if principal.session:
        return Redirect(relative(next_path), status_code=303, headers=_PRIVATE)
    frame = shell(principal, keys, "Sign in")
    return renderer.page(request, frame, SignInContext(relative(next_path)))


@get("/auth/link", opt={"action": Action.SIGN_IN})
async def link(
    request: Page,
    renderer: NamedDependency[Renderer],
    next_path: Annotated[str, QueryParameter(name="next", max_length=4096)] = "/",
) -> Response[str]:
    """Post the token that stands in the link's fragment."""
    return renderer.page(request, Shell("Sign in"), LinkContext(relative(next_path)))


@get("/auth/grant", opt={"action": Action.LIST_OWN, "page": True})
async def grant(
    principal: NamedDependency[Principal],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
    feed: NamedDependency[RouteFeed],
    host: Annotated[str, QueryParameter(name="host", max_length=300)],
    path: Annotated[str, QueryParameter(name="path", max_length=4096)] = "/",
    nonce_hash: Annotated[str, QueryParameter(name="n", max_length=64)] = "",
) -> Redirect:
    """Send a signed-in browser back to the workspace host with a code."""
    named = settings.hosts.parse(host)
    if not isinstance(named, IdeHost | PortHost):
        raise Malformed(
            "host_invalid",
            "This address names no workspace",
            "It is not of the form <workspace>.ws.<domain> or <port>-<workspace>.ws.<domain>.",
            "Open the workspace from your list.",
        )
    known = feed.route(named.workspace)
    action = Action.OPEN_IDE if isinstance(named, IdeHost) else Action.OPEN_PORT
    own = Resource(known.owner, "") if known is not None else None
    if known is None or not principal.session or not allowed(principal, action, own):
        raise Missing(
            "workspace_unknown",
            "There is no such workspace",
            "It was deleted, or it is not yours.",
            "Look at your list of workspaces.",
        )
    # Spelled by us, so that what was sent is never echoed into a Location.
    hosts = settings.hosts
    origin = (
        hosts.ide(named.workspace)
        if isinstance(named, IdeHost)
        else hosts.port_of(named.workspace, named.port)
    )
    authority = origin.partition("//")[2]
    asked = handover.Asked(named, authority, path, nonce_hash, known.auth_epoch)
    async with database.write() as session:
        code = await handover.make_code(
            session, asked, principal.session, principal.user, clock.now()
        )
    location = f"{origin}/.podium/grant?code={quote(code)}"
    return Redirect(location, status_code=303, headers=_PRIVATE)


@route(
    "/{path:path}",
    http_method=[HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE],
    opt={"action": Action.SEE_PUBLIC},
    status_code=404,
)
async def nothing(
    request: Page, path: Annotated[str, PathParameter(max_length=4096)]
) -> Response[Any]:
    """Answer for every address that nothing else answers: people and programs each in kind."""
    missing = Missing(
        "not_found",
        "There is nothing at this address",
        f"{path[:200]} is not a page of Podium.",
        "Check the address, or go to your workspaces.",
    )
    if path.startswith(_PROGRAMS) or "text/html" not in request.headers.get("accept", ""):
        return answer(request, missing)
    return answer_error(request, missing)


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[sign_in, link, grant, nothing],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    ),
    static_route(Action.SEE_PUBLIC),
]
