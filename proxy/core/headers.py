"""What is added to, and taken from, heads on their way through."""

from typing import Final

from proxy.core.message import HOP_BY_HOP, Headers, RequestHead, ResponseHead, without_named
from proxy.core.trailers import announced
from wire.tokens import is_platform_cookie

_OURS = b"x-podium-"
_REPLACED = frozenset(
    {
        b"host",
        b"content-length",
        b"expect",
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-proto",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-forwarded-server",
        b"x-forwarded-ssl",
        b"x-real-ip",
        b"x-request-id",
        b"x-original-url",
        b"x-rewrite-url",
    }
)
"""Said by the proxy alone; applications believe them."""
_MARK: Final = b"podium_"
"""In the name of each of the platform's cookies."""
_CONNECTION: Final = 1
_NOT_ASKED: Final = 2
"""Never in a request to an upstream."""
_COOKIE: Final = 4
_NOT_ANSWERED: Final = 8
"""Never in a response to a client."""
_SET_COOKIE: Final = 16
_OUR_WORD: Final = 32
_FRAME: Final = 64
_READER: Final = 128

_SPECIAL = {
    b"connection": _CONNECTION,
    b"cookie": _COOKIE,
    b"set-cookie": _SET_COOKIE,
    b"x-frame-options": _FRAME,
    b"access-control-allow-origin": _READER,
    b"access-control-allow-credentials": _READER,
}
_KINDS: Final[dict[bytes, int]] = {}
"""Of names, what becomes of them: flags of the above."""
_KNOWN: Final = 4096
_SHORT: Final = 64
"""Names whose kind is remembered, and bytes of one: strangers choose them."""
_OURS_BY_NAME: Final[dict[bytes, bool]] = {}
"""Names of cookies that sound like the platform's → whether they are."""
_BETWEEN: Final = b"; \t"


def _kind(name: bytes) -> int:
    """Return what becomes of a field of this name, in lower case."""
    plain = name.replace(b"_", b"-")
    kind = _SPECIAL.get(name, 0)
    if plain in HOP_BY_HOP or plain in _REPLACED or plain.startswith(_OURS):
        kind |= _NOT_ASKED
    if name in HOP_BY_HOP or name == b"content-length":
        kind |= _NOT_ANSWERED
    if name.startswith(_OURS):
        kind |= _OUR_WORD
    if len(name) <= _SHORT:
        if len(_KINDS) >= _KNOWN:
            _KINDS.clear()
        _KINDS[name] = kind
    return kind


def request_headers(
    head: RequestHead, scheme: str, client: str, request_id: str, *, user_code: bool
) -> Headers:
    """Return the request headers for an upstream.

    `user_code` upstreams never see the platform's cookies. Nobody outside may send
    the platform's own headers, nor spell them with underscores, which some
    applications cannot tell apart.
    """
    told = f"{scheme} {client}" if user_code else f"{scheme} {client} -"
    onward = head.onward
    if onward is None or onward[0] != told:
        onward = head.onward = (told, _onward(head, scheme, client, user_code=user_code))
    headers = onward[1].copy()
    headers.append((b"x-request-id", request_id.encode()))
    return headers


def _onward(head: RequestHead, scheme: str, client: str, *, user_code: bool) -> Headers:
    """Return the same but for the request's id, for as long as the fields repeat."""
    authority = head.authority.encode()
    kept: Headers = [(b"host", authority)]
    connection = b""
    for key, value in head.headers:
        kind = _KINDS.get(key, -1)
        if kind < 0:
            kind = _kind(key)
        if kind:
            if kind & _NOT_ASKED:
                if kind & _CONNECTION and value != b"keep-alive":
                    connection += b"," + value
                continue
            if kind & _COOKIE and user_code and value.find(_MARK) >= 0:
                left = _foreign_cookies(value)
                if left:
                    kept.append((key, left))
                continue
        kept.append((key, value))
    if connection:
        kept = [kept[0], *without_named(kept[1:], connection)]
    kept += _hop(head, upgrade_of(head, user_code=user_code))
    kept.append((b"x-forwarded-for", client.encode()))
    kept.append((b"x-forwarded-proto", scheme.encode()))
    kept.append((b"x-forwarded-host", authority))
    return kept


def _hop(head: RequestHead, upgrade: str) -> Headers:
    """Return what is said anew for the next hop: framing, and wishes that only a hop can grant."""
    headers: Headers = []
    if upgrade:
        headers.append((b"connection", b"Upgrade"))
        headers.append((b"upgrade", upgrade.encode()))
    elif head.takes_trailers:
        headers.append((b"connection", b"te"))
        headers.append((b"te", b"trailers"))
    if head.expects:
        headers.append((b"expect", b"100-continue"))
    if head.chunked:
        headers.append((b"transfer-encoding", b"chunked"))
        headers += announced(head.headers)
    elif head.length is not None:
        headers.append((b"content-length", b"%d" % head.length))
    return headers


def upgrade_of(head: RequestHead, *, user_code: bool) -> str:
    """Return the protocol that the upstream is asked for: the platform's own speak one alone."""
    return head.upgrade if user_code or head.upgrade == "websocket" else ""


def _foreign_cookies(value: bytes) -> bytes:
    """Return a Cookie header without the platform's cookies; all others as they came."""
    kept: list[bytes] = []
    begun = 0
    at = value.find(_MARK)
    while at >= 0:
        start = max(value.rfind(b";", 0, at) + 1, begun)
        end = value.find(b";", at)
        if end < 0:
            end = len(value)
        if _is_ours(value[start:end].strip()):
            kept.append(value[begun:start].strip(_BETWEEN))
            begun = end
        at = value.find(_MARK, end)
    kept.append(value[begun:].strip(_BETWEEN))
    return b"; ".join([one for one in kept if one])


def _is_ours(pair: bytes) -> bool:
    """Tell whether a pair is a cookie of the platform's, by its name, which is remembered."""
    equals = pair.find(b"=")
    name = pair[:equals] if equals > 0 else pair
    ours = _OURS_BY_NAME.get(name) if equals > 0 else None
    if ours is None:
        ours = is_platform_cookie(cookie_name(pair))
        if 0 < equals <= _SHORT:
            if len(_OURS_BY_NAME) >= _KNOWN:
                _OURS_BY_NAME.clear()
            _OURS_BY_NAME[name] = ours
    return ours


def cookie_name(pair: bytes) -> str:
    """Return the name as servers read it back: a cookie without a name is read as its value."""
    return pair.decode("latin-1").lstrip(" \t=").partition("=")[0].partition(";")[0].strip()


def response_headers(
    head: ResponseHead,
    *,
    user_code: bool,
    ancestors: str = "",
    shared: bool = False,
    origin: str = "",
) -> Headers:
    """Return the response headers for the client, without framing.

    Of user code, platform headers and platform cookies are left out. `ancestors` are
    the origins that may frame the answer; what is `shared` with everybody says so itself.
    X-Frame-Options can name no other host, as which the editor shows a port: in its place
    stand the `ancestors`, which let in nobody else. `origin` is another host of the same
    workspace that asked with the person's grant, and may therefore read the answer.
    """
    if not user_code:
        return _passed(head.headers, _NOT_ANSWERED)[0]
    dropped = _NOT_ANSWERED | _OUR_WORD | _FRAME | (_READER if origin else 0)
    kept, kinds = _passed(head.headers, dropped)
    restricted = kinds & _FRAME != 0
    if ancestors and (restricted or not shared):
        kept.append((b"content-security-policy", f"frame-ancestors {ancestors}".encode()))
    if origin:
        kept.append((b"access-control-allow-origin", origin.encode()))
        kept.append((b"access-control-allow-credentials", b"true"))
        kept.append((b"vary", b"Origin"))
    return kept


def _passed(headers: Headers, dropped: int) -> tuple[Headers, int]:
    """Return the fields that go on to a client, and the kinds of all that there are.

    Whoever may not say our word may not set a cookie of ours either.
    """
    kept: Headers = []
    connection, kinds = b"", 0
    for key, value in headers:
        kind = _KINDS.get(key, -1)
        if kind < 0:
            kind = _kind(key)
        if kind:
            kinds |= kind
            if kind & dropped:
                if kind & _CONNECTION and value != b"keep-alive":
                    connection += b"," + value
                continue
            if (
                kind & _SET_COOKIE
                and dropped & _OUR_WORD
                and is_platform_cookie(cookie_name(value))
            ):
                continue
        kept.append((key, value))
    return (without_named(kept, connection) if connection else kept), kinds


def preflight_headers(head: RequestHead, origin: str) -> Headers:
    """Return the answer to a preflight of another host of the same workspace."""
    headers: Headers = [
        (b"access-control-allow-origin", origin.encode()),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-allow-methods", head.fields[b"access-control-request-method"]),
        (b"access-control-max-age", b"600"),
        (b"vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
    ]
    asked = head.fields.get(b"access-control-request-headers")
    if asked:
        headers.append((b"access-control-allow-headers", asked))
    return headers
