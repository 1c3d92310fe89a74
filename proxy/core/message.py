"""Heads of requests and responses as values, and how they are written.

What goes out is always written from these fields, never copied from what came in;
so whatever a peer meant by odd bytes, the next reader sees one plain message.
"""

from dataclasses import dataclass
from functools import cached_property

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

Headers = list[tuple[bytes, bytes]]
"""Names in lower case, values as received; order and duplicates are kept."""


@dataclass
class RequestHead:
    """A parsed and accepted request head."""

    method: str
    target: str
    """Origin-form, printable ASCII, begins with `/`."""
    authority: str
    """The one Host header."""
    headers: Headers
    http11: bool = True
    keep_alive: bool = True
    length: int | None = None
    """Content-Length; None when absent."""
    chunked: bool = False
    upgrade: str = ""
    """The protocol that the request asks for, `websocket` in lower case; empty for none."""
    expects: bool = False
    """The client waits for `100 Continue` before it sends the body."""
    takes_trailers: bool = False
    """`TE: trailers`: the client wants the fields behind a body."""

    @cached_property
    def path(self) -> str:
        """Target without its query."""
        return self.target.partition("?")[0]

    @cached_property
    def fields(self) -> dict[bytes, bytes]:
        """Headers by name; duplicates joined, so that they equal no single value."""
        found: dict[bytes, bytes] = {}
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
        return self.method in {"GET", "HEAD", "OPTIONS"} and not self.has_body

    def get(self, name: bytes) -> str:
        """Return a header's value, duplicates joined; empty when absent."""
        return self.fields.get(name, b"").decode("latin-1")

    def cookies(self, name: str) -> list[str]:
        """Return the values of every cookie of this name, in order."""
        found = []
        for part in self.get(b"cookie").split(";"):
            key, equals, value = part.strip().partition("=")
            if equals and key == name:
                found.append(value)
        return found


@dataclass(slots=True)
class ResponseHead:
    """A parsed response head."""

    status: int
    reason: bytes
    headers: Headers
    length: int | None = None
    """Content-Length; None when absent."""
    chunked: bool = False
    keep_alive: bool = True
    """Whether the upstream will serve another request on this connection."""
    upgrade: str = ""
    """Upgrade, in lower case."""

    def has_body(self, method: str) -> bool:
        """Whether a body follows in answer to this method (RFC 9112, 6.3)."""
        return method != "HEAD" and self.status >= 200 and self.status not in {204, 304}


def end_to_end(headers: Headers) -> Headers:
    """Return the headers without those of this hop and those that Connection names."""
    named: set[bytes] = set()
    for key, value in headers:
        if key == b"connection":
            named.update(token.strip().lower() for token in value.split(b","))
    if named <= {b"keep-alive", b"close", b"upgrade"}:
        return [one for one in headers if one[0] not in HOP_BY_HOP]
    return [one for one in headers if one[0] not in HOP_BY_HOP and one[0] not in named]


def write_request(method: str, target: str, headers: Headers) -> bytes:
    """Return the bytes of a request head."""
    lines = [f"{method} {target} HTTP/1.1".encode("latin-1")]
    lines += [b"%s: %s" % header for header in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def write_response(status: int, reason: bytes, headers: Headers) -> bytes:
    """Return the bytes of a response head."""
    lines = [b"HTTP/1.1 %d %s" % (status, reason)]
    lines += [b"%s: %s" % header for header in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """Return data as one chunk of the chunked coding; `data` must not be empty."""
    return b"%x\r\n%b\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"


def last_chunk(trailers: Headers) -> bytes:
    """Return the end of a chunked body with its trailer fields."""
    if not trailers:
        return LAST_CHUNK
    return b"0\r\n%b\r\n" % b"".join(b"%b: %b\r\n" % field for field in trailers)
