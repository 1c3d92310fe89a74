"""Fields behind a body: which of them go on, and that they never become headers.

A trailer is passed on as a trailer, in chunks, or not at all (RFC 9110, 6.5): to a
client when it said `TE: trailers`, to an upstream when the client's body came in chunks.
Some applications merge trailers into headers nevertheless; so what frames, routes,
authenticates, sets state or is the proxy's own word is dropped, however it is spelled.
"""

from proxy.core.message import HOP_BY_HOP, Headers

_NEVER = HOP_BY_HOP | {
    b"accept",
    b"age",
    b"authorization",
    b"cache-control",
    b"cookie",
    b"cookie2",
    b"date",
    b"expect",
    b"expires",
    b"forwarded",
    b"from",
    b"host",
    b"location",
    b"max-forwards",
    b"origin",
    b"pragma",
    b"range",
    b"referer",
    b"refresh",
    b"retry-after",
    b"set-cookie",
    b"set-cookie2",
    b"user-agent",
    b"vary",
    b"via",
    b"warning",
    b"www-authenticate",
    b"x-frame-options",
    b"x-real-ip",
    b"x-request-id",
}
_NEVER_BEGINS = (
    b"accept-",
    b"access-control-",
    b"content-disposition",
    b"content-encoding",
    b"content-language",
    b"content-length",
    b"content-location",
    b"content-range",
    b"content-security-policy",
    b"content-type",
    b"cross-origin-",
    b"if-",
    b"proxy-",
    b"sec-",
    b"strict-transport-",
    b"x-forwarded-",
    b"x-http-method",
    b"x-original-",
    b"x-rewrite-",
    b"x-podium-",
)


def may_trail(name: bytes) -> bool:
    """Tell whether a field of this name (in lower case) may stand behind a body."""
    plain = name.replace(b"_", b"-")
    return plain not in _NEVER and not plain.startswith(_NEVER_BEGINS)


def passed(trailers: Headers) -> Headers:
    """Return the trailer fields that go on."""
    return [field for field in trailers if may_trail(field[0])]


def announced(headers: Headers) -> Headers:
    """Return the `Trailer` field for the next hop, without what will be dropped; or nothing."""
    names = [
        name
        for key, value in headers
        if key == b"trailer"
        for one in value.split(b",")
        if (name := one.strip(b" \t")) and may_trail(name.lower())
    ]
    return [(b"trailer", b", ".join(names))] if names else []
