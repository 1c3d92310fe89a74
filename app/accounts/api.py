"""Routes of accounts for programs: the platform's own, signing in and out."""

from typing import Annotated, Any

from litestar import Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import TooManyRequestsException
from litestar.params import JSONBody
from litestar.response import Response
from msgspec import Meta, Struct

from app.accounts import handover, service
from app.accounts.access import Action, Principal
from app.accounts.keys import Keys
from app.accounts.paths import relative
from app.accounts.sharedlimits import SharedLimit
from app.db.sessions import Database
from app.faults import Denied, Malformed
from app.runtime.publish import RouteFeed
from app.settings import Settings
from app.web.events import Hint, Hints
from kit.clock import Clock
from wire.tokens import cookie_names

Text = Annotated[str, Meta(max_length=2048)]
PRIVATE = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


class LoginLink(Struct, frozen=True, kw_only=True):
    """A link that signs the owner in."""

    url: str
    expires: float


class TokenName(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /internal/tokens."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]


class Token(Struct, frozen=True, kw_only=True):
    """A new API token; it is shown once."""

    token: str


class RedeemCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /internal/grants/redeem."""

    code: Text
    nonce: Text
    host: Text


class Redeemed(Struct, frozen=True, kw_only=True):
    """A grant, and where the browser wanted to go."""

    grant: str
    ports: str
    """One for the workspace's ports, beside the IDE's; empty otherwise."""
    scope: str
    workspace: str
    path: str


class LinkToken(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /auth/link."""

    token: Text
    next: Text = "/"


class SignedIn(Struct, frozen=True, kw_only=True):
    """Where to go after signing in."""

    next: str


@post("/internal/login-links", opt={"action": Action.PLATFORM}, include_in_schema=False)
async def make_login_link(
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
) -> LoginLink:
    """Make a sign-in link. The token is in the fragment, which no server is ever sent."""
    async with database.write() as session:
        token, expires = await service.make_login_link(session, clock.now())
    return LoginLink(url=f"{settings.hosts.dashboard}/auth/link#{token}", expires=expires)


@post("/internal/tokens", opt={"action": Action.PLATFORM}, include_in_schema=False)
async def mint_token(
    data: JSONBody[TokenName], database: NamedDependency[Database], clock: NamedDependency[Clock]
) -> Token:
    """Make an API token of the owner; older ones of that name are revoked."""
    async with database.write() as session:
        return Token(token=await service.mint_api_token(session, data.name, clock.now()))


@post(
    "/internal/grants/redeem",
    opt={"action": Action.PLATFORM},
    include_in_schema=False,
    status_code=200,
)
async def redeem(
    data: JSONBody[RedeemCode],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
) -> Redeemed:
    """Exchange code and nonce for a grant."""
    async with database.write() as session:
        fault = None  # kept until the commit: a failed try spends the code too
        try:
            given = await handover.redeem(
                session, keys, data.code, data.nonce, data.host, clock.now()
            )
        except Malformed as error:
            fault = error
    if fault is not None:
        raise fault
    row = given.row
    return Redeemed(
        grant=given.grant,
        ports=given.ports,
        scope=row.scope,
        workspace=row.workspace_id,
        path=row.path,
    )


@post(
    "/auth/link",
    # The token of the link is the credential; the origin is checked by the handler itself.
    opt={"action": Action.SIGN_IN, "csrf": False},
    include_in_schema=False,
    status_code=200,
)
async def use_link(
    request: Request[Any, Any, State],
    data: JSONBody[LinkToken],
    principal: NamedDependency[Principal],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
    sign_in_limit: NamedDependency[SharedLimit],
) -> Response[SignedIn]:
    """Sign in with the token of a link, under a session token that nobody has seen before."""
    if request.headers.get("origin", "") != settings.hosts.dashboard:
        raise Denied(
            "cross_origin",
            "Refused: another site asked",
            "Only the dashboard's own page may sign a browser in.",
            "Open the link itself.",
        )
    if not await sign_in_limit.allow(request.headers.get("x-forwarded-for", ""), clock.monotonic()):
        raise TooManyRequestsException(
            detail="Too many tries; wait a minute", headers={"retry-after": "60"}
        )
    async with database.write() as session:
        _, token = await service.sign_in(session, data.token, clock.now(), principal.session)
    answer = Response(SignedIn(next=relative(data.next)), headers=PRIVATE)
    answer.set_cookie(
        cookie_names(settings.layout.tag)["session"],
        token,
        path="/",
        max_age=int(service.SESSION_LIFETIME),
        secure=True,
        httponly=True,
        samesite="lax",
    )
    return answer


@post("/auth/sign-out", opt={"action": Action.SIGN_OUT}, include_in_schema=False)
async def sign_out(
    principal: NamedDependency[Principal],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
    feed: NamedDependency[RouteFeed],
    hints: NamedDependency[Hints],
) -> Response[None]:
    """End the session: here, at every proxy, and on every open page of it."""
    if not principal.session:
        raise Denied("no_session", "There is no session to end", "An API token was sent.")
    now = clock.now()
    async with database.write() as session:
        await service.sign_out(session, principal.session, now)
    feed.end_session(principal.session, now)
    hints.publish(Hint(topic="session", id=principal.session, version=0, owner=principal.user))
    answer = Response(
        None,
        status_code=204,
        headers={**PRIVATE, "hx-redirect": "/sign-in", "clear-site-data": '"cache"'},
    )
    # Browsers refuse a __Host- cookie without Secure, also one that only deletes.
    answer.set_cookie(
        cookie_names(settings.layout.tag)["session"],
        "",
        path="/",
        max_age=0,
        secure=True,
        httponly=True,
        samesite="lax",
    )
    return answer


route_handlers: list[Any] = [make_login_link, mint_token, redeem, use_link, sign_out]
