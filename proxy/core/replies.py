"""Answers that the proxy gives itself: a page for a person, a problem for a program."""

from dataclasses import dataclass, field
from http import HTTPStatus

import msgspec

from proxy.core.message import Headers, write_response
from proxy.core.pages import NOTHING, SCRIPT_HASH, Link, Shown, page
from wire.problems import CONTENT_TYPE, Problem

_SAFE: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
]
_SCRIPTED = f"script-src 'sha256-{SCRIPT_HASH}'; connect-src 'self'; "
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors "


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer; framing headers are added when it is written."""

    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    code: str = ""
    """Code of the problem, for the log."""

    @property
    def reason(self) -> bytes:
        """The standard phrase."""
        return HTTPStatus(self.status).phrase.encode()


def plain(status: int, headers: Headers, body: bytes = b"") -> Reply:
    """Return an answer for programs, which nobody caches."""
    return Reply(status, [*_SAFE, *headers], body)


def redirect(location: str, *, cookies: tuple[str, ...] = (), status: int = 303) -> Reply:
    """Return a redirect that nobody caches and that tells nobody where from."""
    headers: Headers = [*_SAFE, (b"location", location.encode())]
    headers += [(b"set-cookie", one.encode()) for one in cookies]
    return Reply(status, headers)


def explain(
    status: int,
    code: str,
    title: str,
    cause: str,
    cure: str = "",
    *,
    html: bool,
    links: tuple[Link, ...] = (),
    again: int = 0,
    ancestors: str = "'none'",
    shown: Shown = NOTHING,
) -> Reply:
    """Return a problem as a page or as JSON.

    `again` seconds become Retry-After, and a page asks anew by itself. `ancestors` may
    frame the page, on which stands what is `shown`.
    """
    headers: Headers = list(_SAFE)
    if again:
        headers.append((b"retry-after", str(again).encode()))
    if html:
        headers.append((b"content-type", b"text/html; charset=utf-8"))
        policy = (_SCRIPTED if shown.watches or again else "") + _POLICY + ancestors
        headers.append((b"content-security-policy", policy.encode()))
        body = page(title, cause, cure, f"{status} {code}", links, again, shown)
        return Reply(status, headers, body, code)
    problem = Problem(code=code, title=title, status=status, detail=cause, cure=cure)
    headers.append((b"content-type", CONTENT_TYPE.encode()))
    return Reply(status, headers, msgspec.json.encode(problem), code)


def write_reply(reply: Reply, *, closing: bool, body: bool) -> bytes:
    """Return the bytes of an answer; `body` is false in answer to HEAD."""
    headers = list(reply.headers)
    if reply.status != 204:
        headers.append((b"content-length", b"%d" % len(reply.body)))
    if closing:
        headers.append((b"connection", b"close"))
    head = write_response(reply.status, reply.reason, headers)
    return head + reply.body if body else head
