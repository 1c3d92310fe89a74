"""Who sends a request, and whether its route is for them at all.

`Authentication` turns listener and credential into a `Principal`; `require_action`
denies every route that names no action, and everybody for whom it is inconceivable.
What a particular workspace allows is asked in its service, of the same function.

A session cookie proves a person only together with the page that sends it: see
`origins`. Unsafe methods carry the session's CSRF token as well, unless their route
says `csrf: False` because it checks its own, stronger credential.
"""

from typing import Any
from urllib.parse import quote, urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import Headers, State
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from app.accounts.access import Action, Kind, Listener, Principal, conceivable
from app.accounts.cookies import find_cookie
from app.accounts.origins import SAFE_METHODS, caused_by_dashboard
from app.accounts.paths import relative
from app.accounts.service import Identity, by_api_token, by_session
from app.faults import Denied, Unauthenticated
from wire.tokens import cookie_names

CSRF_HEADER = "x-csrf-token"


class SignInNeeded(HTTPException):
    """A person has to sign in first; answered with a redirect to the sign-in page."""

    status_code = 303


class Authentication:
    """ASGI middleware; the principal is in `scope["state"]["principal"]` afterwards."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"}:
            scope["state"]["principal"] = await _principal(scope)
        await self.app(scope, receive, send)


async def _principal(scope: Scope) -> Principal:
    listener = scope["state"].get("listener")
    headers = Headers.from_scope(scope)
    state = scope["litestar_app"].state
    match listener:
        case Listener.INTERNAL:
            return Principal(Kind.PLATFORM, Listener.INTERNAL)
        case Listener.AGENT:
            token = _bearer(headers)
            instance = await state.instances.instance_of(token) if token else ""
            kind = Kind.INSTANCE if instance else Kind.NOBODY
            return Principal(kind, Listener.AGENT, instance=instance)
        case Listener.PUBLIC:
            identity = await _identity(scope, headers, state)
        case _:
            # An unknown way in is worth less than the way that serves nothing to nobody.
            return Principal(Kind.NOBODY, Listener.AGENT)
    if identity is None:
        return Principal(Kind.NOBODY, Listener.PUBLIC)
    return Principal(
        Kind.USER,
        Listener.PUBLIC,
        user=identity.user,
        session=identity.session,
        organisations=identity.organisations,
        scopes=identity.scopes,
    )


async def _identity(scope: Scope, headers: Headers, state: State) -> Identity | None:
    """Return whom the request's credential belongs to; raises Denied for a misused cookie."""
    if bearer := _bearer(headers):
        async with state.database.read() as session:
            return await by_api_token(session, bearer)
    name = cookie_names(state.settings.layout.tag)["session"]
    token = find_cookie(headers.getall("cookie", []), name)
    if not token:
        return None
    async with state.database.read() as session:
        identity = await by_session(session, token, state.clock.now())
    if identity is not None:
        _check_sender(scope, headers, identity)
    return identity


def _bearer(headers: Headers) -> str:
    scheme, _, credential = headers.get("authorization", "").partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else ""


def _check_sender(scope: Scope, headers: Headers, identity: Identity) -> None:
    """Raise Denied when the cookie was sent by a page that may not use it."""
    state = scope["litestar_app"].state
    websocket = str(scope["type"]) == "websocket"
    method = "GET" if websocket else str(scope.get("method", "GET"))
    own = caused_by_dashboard(
        state.settings.hosts.dashboard,
        websocket=websocket,
        method=method,
        origin=headers.get("origin", ""),
        fetch_site=headers.get("sec-fetch-site", ""),
        fetch_mode=headers.get("sec-fetch-mode", ""),
    )
    if not own:
        raise Denied(
            "cross_origin",
            "Refused: another site asked",
            "The request carries your session but was not sent by the dashboard.",
            "Open the dashboard itself, or use an API token.",
        )
    exempt = scope["route_handler"].opt.get("csrf") is False
    if method in SAFE_METHODS or exempt:
        return
    if not state["keys"].is_csrf(identity.session, headers.get(CSRF_HEADER, "")):
        raise Denied(
            "csrf_missing",
            "This page is too old",
            f"The header {CSRF_HEADER} is missing or belongs to another session.",
            "Reload the page and try again.",
        )


def require_action(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Deny routes without an action, and whoever could never be allowed it."""
    action = handler.opt.get("action")
    principal: Principal = connection.scope["state"]["principal"]
    if not isinstance(action, Action):
        raise Denied("denied", "This route is closed")
    if conceivable(principal, action):
        return
    if principal.kind is not Kind.NOBODY:
        raise Denied("denied", "You may not do this")
    if handler.opt.get("page") and str(connection.scope["type"]) == "http":
        raise SignInNeeded(
            detail="Sign in first",
            headers={"location": f"/sign-in?next={quote(_place(connection), safe='')}"},
        )
    raise Unauthenticated(
        "unauthenticated",
        "Sign in first",
        "The request carries no valid session or token.",
        "Sign in on the dashboard, or send an API token.",
    )


def _place(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return where the person is: the page, also when an action on it was refused."""
    parts = urlsplit(str(connection.url))
    if current := connection.headers.get("hx-current-url", ""):
        parts = urlsplit(current)
    elif str(connection.scope.get("method")) not in SAFE_METHODS:
        return "/"
    return relative(parts.path + (f"?{parts.query}" if parts.query else ""))
