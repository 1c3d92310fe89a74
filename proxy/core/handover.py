"""The handover: how a workspace host gets its grant without ever seeing the session.

1. A navigation without credential gets a nonce cookie and goes to the dashboard.
2. The dashboard, which knows the session, sends it back with a code.
3. The proxy redeems code and nonce for a grant, and goes on to the clean path.

A browser that does not keep our cookies would go round for ever. The nonce's cookie
counts: its value begins with the number of the attempt, and for a short while after
a handover it holds that number alone.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qs, quote, urlsplit

from proxy.core.message import RequestHead
from proxy.core.rules import Rules, WorkspaceHost
from wire.hosts import IdeHost
from wire.tokens import GRANT_LIFETIME, NONCE_LIFETIME, port_cookie

GRANT_PATH = "/.podium/grant"
MOST_ATTEMPTS = 2
"""Handovers in a row after which a page explains instead."""
_REMEMBERED = 20
"""Seconds for which a finished attempt counts against the next one."""
_MAX_PATH = 2048
_MAX_CODE = 200
_COOKIE = re.compile(r"([1-9])(?:-([A-Za-z0-9_-]{43}))?", re.ASCII)
_FLAGS = "Path=/; HttpOnly; Secure; SameSite=Lax"
"""Lax, for frames too: all hosts of workspaces are one site, the dashboard is another one
and comes by top-level GET only. Strict would not be sent at the end of a handover."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, with which cookie."""

    location: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A browser that came back: what to redeem, at which attempt."""

    code: str
    nonce: str
    attempt: int


def attempts(rules: Rules, head: RequestHead) -> int:
    """Return how many handovers were begun lately by this browser for this host."""
    return max((attempt for attempt, _ in _cookies(rules, head)), default=0)


def begin(
    rules: Rules, head: RequestHead, host: WorkspaceHost, path: str, fresh: str, *, after: int = 0
) -> Begun:
    """Send a browser to the dashboard; `fresh` is 43 random characters of base64url.

    A nonce that the browser holds already is used again, so that two tabs that were
    opened at once both succeed; but not `after` an attempt that failed with it.
    """
    held = "" if after else next((nonce for _, nonce in _cookies(rules, head) if nonce), "")
    nonce = held or f"{min(9, max(after, attempts(rules, head)) + 1)}-{fresh}"
    digest = sha256(nonce.encode()).hexdigest()
    authority = rules.origin_of(host).partition("//")[2]
    path = path if len(path) <= _MAX_PATH and is_relative(path) else "/"
    location = (
        f"{rules.hosts.dashboard}/auth/grant?host={quote(authority, safe='')}"
        f"&path={quote(path, safe='')}&n={digest}"
    )
    return Begun(location, f"{rules.nonce_cookie}={nonce}; Max-Age={NONCE_LIFETIME}; {_FLAGS}")


def returned(rules: Rules, head: RequestHead) -> Returned | None:
    """Return what has to be redeemed, or None when code or nonce is missing or odd."""
    codes = parse_qs(urlsplit(head.target).query).get("code", [])
    nonces = [(attempt, nonce) for attempt, nonce in _cookies(rules, head) if nonce]
    if len(codes) != 1 or not 0 < len(codes[0]) <= _MAX_CODE or len(nonces) != 1:
        return None
    return Returned(codes[0], nonces[0][1], nonces[0][0])


def finish(
    rules: Rules, host: WorkspaceHost, grant: str, attempt: int, *, ports: str = ""
) -> tuple[str, ...]:
    """Return the cookies that set the grant, and put the attempt's number over the nonce.

    The IDE's stays on its host. The ports' is worth all ports of the workspace, so that
    a front end on one can call its API on another. The IDE's host sets that as well: a port
    that its page frames cannot be handed over, since the dashboard is in no frame.
    """
    age = f"Max-Age={GRANT_LIFETIME}; {_FLAGS}"
    of_ide = ""
    if isinstance(host, IdeHost):
        of_ide = f"{rules.ide_cookie}={grant}; {age}"
    else:
        ports = grant
    name = port_cookie(rules.tag, host.workspace)
    of_ports = f"{name}={ports}; Domain={rules.hosts.workspace_domain}; {age}" if ports else ""
    nonce = f"{rules.nonce_cookie}={attempt}; Max-Age={_REMEMBERED}; {_FLAGS}"
    return tuple(one for one in (of_ide, of_ports, nonce) if one)


def is_relative(path: str) -> bool:
    """Tell whether a path stays on its host whatever a browser makes of it."""
    plain = all(0x20 < ord(one) < 0x7F and one != "\\" for one in path)
    return plain and path.startswith("/") and not path.startswith("//")


def _cookies(rules: Rules, head: RequestHead) -> list[tuple[int, str]]:
    """Return (attempt, whole nonce or nothing) of each of our nonce cookies."""
    found = []
    for value in head.cookies(rules.nonce_cookie):
        match = _COOKIE.fullmatch(value)
        if match is not None:
            found.append((int(match.group(1)), value if match.group(2) else ""))
    return found
