"""The pages of a share link: arriving, the password, and waiting for the server."""

from base64 import b64encode
from hashlib import sha256
from html import escape

from proxy.core.message import Headers
from proxy.core.pages import frame
from proxy.core.replies import Reply
from wire.hosts import PortHost
from wire.shares import SHARE_PATH

_SCRIPT = (
    'const f=document.forms[0],t=location.hash.slice(1);if(t){history.replaceState(null,"",'
    'location.pathname);f.elements.token.value=t;f.submit()}else location.replace("/")'
)
_SCRIPT_HASH = b64encode(sha256(_SCRIPT.encode()).digest()).decode()
_STYLE = (
    "<style>label{display:block;font-size:14px;font-weight:550;margin:24px 0 6px}"
    ".row{display:flex;flex-wrap:wrap;gap:8px;margin:0 0 8px}form{margin:0 0 32px}"
    "input{flex:1 1 180px;max-width:320px;min-width:0;height:40px;padding:0 12px;"
    "border:1px solid var(--dim);border-radius:7px;background:transparent;"
    "color:var(--fg);font:inherit}"
    "button{height:40px;padding:0 18px;border:0;border-radius:7px;background:var(--accent);"
    "color:#fff;font:inherit;font-size:14px;font-weight:550;cursor:pointer}"
    "input:focus-visible,button:focus-visible{outline:2px solid var(--link);outline-offset:1px}"
    ".wrong{color:var(--bad);font-size:14px}[aria-invalid]{border-color:var(--bad)}:root{--bad:#b3261e}"
    "@media(prefers-color-scheme:dark){:root{--bad:#ff8a80}}</style>"
)


def arrival() -> Reply:
    """Return the page that every link leads to, on every host; it sends the token."""
    body = (
        "<main><h1>Opening what was shared with you</h1>"
        "<noscript><p>The secret part of the link stands behind its #, where no server sees it. "
        "To send it, this page needs JavaScript.</p></noscript>"
        f'<form method="post" action="{SHARE_PATH}"><input type="hidden" name="token"></form>'
        f"<script>{_SCRIPT}</script></main>"
    )
    return _page(200, "", "Shared with you", body, script=f"'sha256-{_SCRIPT_HASH}'")


def password(host: PortHost, token: str, code: str, *, wrong: bool) -> Reply:
    """Return the form for the password of a link."""
    said, marks = "", ""
    if wrong:
        said = '<p class="wrong" id="wrong" role="alert">This is not the password of the link.</p>'
        marks = ' aria-invalid="true" aria-describedby="wrong"'
    body = (
        "<main><h1>This link has a password</h1>"
        f"<p>It leads to port {host.port} of the workspace "
        f"<code>{escape(host.workspace)}</code>.</p>"
        "<p>Whoever has given you the link knows it.</p>"
        f'<form method="post" action="{SHARE_PATH}">{_held(token)}'
        '<label for="password">Password</label><div class="row">'
        '<input id="password" name="password" type="password" autocomplete="off" maxlength="200" '
        f"required autofocus{marks}><button>Open</button></div>{said}</form>"
        f"{_detail(403 if wrong else 401, code)}</main>"
    )
    return _page(403 if wrong else 401, code, "Password", body)


def away(token: str, cause: str) -> Reply:
    """Return the page that can ask again when the server is back."""
    body = (
        "<main><h1>The link cannot be opened for a moment</h1>"
        f"<p>{escape(cause)} What is open already goes on.</p>"
        f'<form method="post" action="{SHARE_PATH}">{_held(token)}'
        '<div class="row"><button autofocus>Try again</button></div></form>'
        f"{_detail(503, 'server_away')}</main>"
    )
    return _page(503, "server_away", "One moment", body)


def _held(token: str) -> str:
    return f'<input type="hidden" name="token" value="{escape(token)}">'


def _detail(status: int, code: str) -> str:
    return f"<footer><code>{status} {code}</code></footer>"


def _page(status: int, code: str, title: str, body: str, script: str = "") -> Reply:
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    )
    if script:
        policy += f"; script-src {script}"
    headers: Headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        # no-referrer would send the form with `Origin: null`; what stands in this page's
        # address is no secret, and its fragment is in no referrer.
        (b"referrer-policy", b"same-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"content-security-policy", policy.encode()),
    ]
    return Reply(status, headers, frame(title, body, _STYLE), code)
