"""Heads of requests and responses as values, and how they are written.

What goes out is always written from these fields, never copied from what came in;
so whatever a peer meant by odd bytes, the next reader sees one plain message.
"""

from dataclasses import dataclass

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"http2-settings",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""Headers of one hop (RFC 9110, 7.6.1), and the framing that each hop chooses anew."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_BODILESS = frozenset({204, 304})
_USUAL = frozenset({b"keep-alive", b"close", b"upgrade", b""})
Piece = bytes | memoryview
"""Bytes of a body; a view of large ones that came behind a head spares a copy of them."""

Headers = list[tuple[bytes, bytes]]
"""Names in lower case, values as received; order and duplicates are kept."""


@dataclass(init=False)
class RequestHead:
    """A parsed and accepted request head."""

    method: str
    target: str
    """Origin-form, printable ASCII, begins with `/`."""
    authority: str
    """The one Host header."""
    headers: Headers
    http11: bool
    keep_alive: bool
    length: int | None
    """Content-Length; None when absent."""
    chunked: bool
    upgrade: str
    """The protocol that the request asks for, `websocket` in lower case; empty for none."""
    expects: bool
    """The client waits for `100 Continue` before it sends the body."""
    takes_trailers: bool
    """`TE: trailers`: the client wants the fields behind a body."""

    def __init__(
        self,
        method: str,
        target: str,
        authority: str,
        headers: Headers,
        *,
        http11: bool = True,
        keep_alive: bool = True,
        length: int | None = None,
        chunked: bool = False,
        upgrade: str = "",
        expects: bool = False,
        takes_trailers: bool = False,
    ) -> None:
        self.method = method
        self.target = target
        self.authority = authority
        self.headers = headers
        self.http11 = http11
        self.keep_alive = keep_alive
        self.length = length
        self.chunked = chunked
        self.upgrade = upgrade
        self.expects = expects
        self.takes_trailers = takes_trailers
        self._path = ""
        self._fields: dict[bytes, bytes] | None = None
        self._asked_for = ""
        self._cookies: list[str] = []
        """Of the name that was asked for."""
        self.onward: tuple[str, Headers] | None = None
        """What the next hop is told of these fields, and in whose name: `proxy.core.headers`."""

    def another(self, method: str, target: str) -> "RequestHead":
        """Return a request that says the same in its fields, none of which frames a body."""
        made = RequestHead(method, target, self.authority, self.headers)
        made._fields = self._fields
        made._asked_for, made._cookies = self._asked_for, self._cookies
        made.onward = self.onward
        return made

    def replace(self, headers: Headers, fields: dict[bytes, bytes] | None) -> None:
        """Take other fields, of the same names and none of those by which a head is judged.

        With `fields` they stand there by name already.
        """
        self.headers = headers
        self._fields = fields
        self._asked_for, self._cookies = "", []
        self.onward = None

    @property
    def path(self) -> str:
        """Target without its query."""
        if not self._path:
            self._path = self.target.partition("?")[0]
        return self._path

    @property
    def fields(self) -> dict[bytes, bytes]:
        """Headers by name; duplicates joined, so that they equal no single value."""
        found = self._fields
        if found is None:
            found = self._fields = {}
            for key, value in self.headers:
                found[key] = value
            if len(found) != len(self.headers):
                found.clear()
                for key, value in self.headers:
                    glue = b"; " if key == b"cookie" else b", "
                    found[key] = found[key] + glue + value if key in found else value
        return found

    @property
    def has_body(self) -> bool:
        """Whether body bytes may follow."""
        return self.chunked or bool(self.length)

    @property
    def replayable(self) -> bool:
        """Whether it can be sent again when a kept connection turns out to be dead."""
        return self.method in _SAFE and not self.has_body

    def get(self, name: bytes) -> str:
        """Return a header's value, duplicates joined; empty when absent."""
        value = self.fields.get(name)
        return value.decode("latin-1") if value else ""

    def cookies(self, name: str) -> list[str]:
        """Return the values of every cookie of this name, in order."""
        if name != self._asked_for:
            value = self.fields.get(b"cookie")
            self._cookies = [] if value is None else _cookies(value, name.encode() + b"=")
            self._asked_for = name
        return self._cookies


class Said:
    """A response's head as it was written for one kind of reader: for who asks again."""

    def __init__(self, flags: int, ancestors: str, origin: str, data: bytes) -> None:
        self.flags = flags
        self.ancestors = ancestors
        self.origin = origin
        self.data = data


@dataclass(init=False)
class ResponseHead:
    """A parsed response head."""

    status: int
    reason: bytes
    headers: Headers
    length: int | None
    """Content-Length; None when absent."""
    chunked: bool
    keep_alive: bool
    """Whether the upstream will serve another request on this connection."""
    upgrade: str
    """Upgrade, in lower case."""

    def __init__(
        self,
        status: int,
        reason: bytes,
        headers: Headers,
        length: int | None = None,
        *,
        chunked: bool = False,
        keep_alive: bool = True,
        upgrade: str = "",
    ) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self.length = length
        self.chunked = chunked
        self.keep_alive = keep_alive
        self.upgrade = upgrade
        self.said: Said | None = None

    def has_body(self, method: str) -> bool:
        """Whether a body follows in answer to this method (RFC 9112, 6.3)."""
        return method != "HEAD" and self.status >= 200 and self.status not in _BODILESS


def _cookies(value: bytes, begins: bytes) -> list[str]:
    """Return what stands behind this beginning of a pair, in a Cookie header; only that is read.

    Browsers send all their cookies with every request, and often others than the last time.
    """
    found: list[str] = []
    at = value.find(begins)
    while at >= 0:
        end = value.find(b";", at)
        if end < 0:
            end = len(value)
        if not value[value.rfind(b";", 0, at) + 1 : at].strip():
            found.append(value[at + len(begins) : end].rstrip().decode("latin-1"))
        at = value.find(begins, end)
    return found


def without_named(headers: Headers, connection: bytes) -> Headers:
    """Return the headers without those that Connection, of this value, names."""
    named = {token.strip().lower() for token in connection.split(b",")}
    return headers if named <= _USUAL else [one for one in headers if one[0] not in named]


def write_request(method: str, target: str, headers: Headers) -> bytes:
    """Return the bytes of a request head."""
    return _written(f"{method} {target} HTTP/1.1\r\n".encode("latin-1"), headers)


def write_response(status: int, reason: bytes, headers: Headers) -> bytes:
    """Return the bytes of a response head."""
    return _written(b"HTTP/1.1 %d %b\r\n" % (status, reason), headers)


def _written(first: bytes, headers: Headers) -> bytes:
    parts = [first]
    for key, value in headers:
        parts.append(key)
        parts.append(b": ")
        parts.append(value)
        parts.append(b"\r\n")
    parts.append(b"\r\n")
    return b"".join(parts)


def chunk(data: Piece) -> bytes:
    """Return data as one chunk of the chunked coding; `data` must not be empty."""
    return b"".join((b"%x\r\n" % len(data), data, b"\r\n"))


LAST_CHUNK = b"0\r\n\r\n"


def last_chunk(trailers: Headers) -> bytes:
    """Return the end of a chunked body with its trailer fields."""
    if not trailers:
        return LAST_CHUNK
    return b"0\r\n%b\r\n" % b"".join(b"%b: %b\r\n" % field for field in trailers)
