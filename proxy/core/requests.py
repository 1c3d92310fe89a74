"""From bytes to requests, one at a time; what two readers could read in two ways is refused.

Refused are: bare CR or LF, control characters, folded lines, spaces before a colon, no
or several Host headers or one that is no host and port, absolute-form, CONNECT, a
fragment in a target, HTTP/0.9, HTTP/1.0 with Transfer-Encoding, any coding but chunked,
Content-Length that is not one row of digits or stands beside Transfer-Encoding, and what
is too long. A refusal is the end of the stream: where the next request would begin is
not known.

An upgrade is taken for one when a single protocol is named, that is none in which HTTP
itself goes on (h2c, TLS): there, requests would pass that nobody has looked at. Those
wishes are ignored, as RFC 9110 (7.8) allows, and their requests are answered as usual.
After the request of an upgrade, its body included, no byte is read as a request again,
granted or not.

The same bytes give the same parts, however they are cut: the first offending byte decides.
And whatever came before them: fields that repeat the latest request's, byte by byte, are not read
again (`proxy.core.latest`), which must not be seen in anything.
"""

import re

from proxy.core.chunks import ChunkReader
from proxy.core.grammar import (
    ASKED,
    TOKEN,
    chosen,
    forbidden_at,
    is_chunked,
    options,
    read_fields,
    read_length,
)
from proxy.core.latest import FRAMING, Latest
from proxy.core.message import Headers, RequestHead
from proxy.core.parts import Asked, Body, End, Refused, RequestPart, Rest

MAX_HEAD = 32_768
MAX_LINE = 16_384
"""Bytes of a whole head with its empty line, and of its first line."""
MAX_FIELDS = 256

_FIRST = re.compile(ASKED + rb"([01])\r\n")
_LINE = re.compile(ASKED + rb"[01]")
_OTHER_VERSION = re.compile(rb"[^ ]+ [^ ]+ HTTP/[0-9]+(?:\.[0-9]+)?")
_HOST = re.compile(rb"(?:[0-9A-Za-z._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_PROTOCOL = re.compile(rb"(" + TOKEN + rb"{1,32})(?:/" + TOKEN + rb"{1,32})?")
_HTTP_AGAIN = frozenset({b"h2c", b"h2", b"http", b"tls"})
_NONE: list[bytes] = []

_BETWEEN, _LENGTH, _CHUNKS, _SWITCHED, _REFUSED = range(5)
_END = End()


class _Refusal(Exception):
    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class RequestReader:
    """Feed it bytes, take parts; it keeps what nobody has taken yet.

    A request without a body is one `Asked`; with one, `Body` parts and an `End` follow.
    After `Refused` it gives no more; after the request of an upgrade everything is `Rest`.
    """

    def __init__(self) -> None:
        self._data = b""
        self._at = 0
        self._seen = 0
        """Bytes of an unfinished head that need not be looked at again."""
        self._stage = _BETWEEN
        self._upgrade = False
        self._need = 0
        self._chunks = ChunkReader()
        self._latest = Latest(MAX_LINE)

    @property
    def between(self) -> bool:
        """Whether what comes next is another request."""
        return self._stage == _BETWEEN

    @property
    def unread(self) -> int:
        """Bytes that are kept."""
        return len(self._data) - self._at

    @property
    def inside_head(self) -> bool:
        """Whether a head has begun and is not whole yet."""
        return self._stage == _BETWEEN and len(self._data) > self._at

    def feed(self, data: bytes) -> None:
        """Take bytes in."""
        if self._at == len(self._data):
            self._data = data
        elif self._stage != _REFUSED:
            self._data = self._data[self._at :] + data
        self._at = 0

    def clear(self) -> None:
        """Forget everything, and take no more."""
        self._data, self._at, self._stage = b"", 0, _REFUSED
        self._latest.forget()

    def skip_body(self) -> bool:
        """Forget the rest of the current request; tell whether it was there whole."""
        while self._stage in {_LENGTH, _CHUNKS}:
            if self.take() is None:
                return False
        return self._stage != _REFUSED

    def take(self) -> RequestPart | None:
        """Return the next part, or None when it has not come yet."""
        stage = self._stage
        if stage == _BETWEEN:
            return self._head()
        if stage == _LENGTH:
            return self._body()
        if stage == _CHUNKS:
            return self._coded()
        if stage == _REFUSED or self._at == len(self._data):
            return None
        rest = self._data[self._at :]
        self._data, self._at = b"", 0
        return Rest(rest)

    def _head(self) -> RequestPart | None:
        data, at = self._data, self._at
        while data.startswith(b"\r\n", at):  # RFC 9112, 2.2
            at += 2
            self._seen = 0
        self._at = at
        if at == len(data):
            return None
        end = data.find(b"\r\n\r\n", at + max(self._seen - 3, 0)) + 4
        again = self._latest.again(data, at, end) if end > 3 else None
        if again is not None:
            self._at, self._seen = end, 0
            return Asked(again)
        found = _FIRST.match(data, at) if end > 3 and end - at <= MAX_HEAD else None
        block, headers = b"", None
        if found is not None and found.end() - at <= MAX_LINE + 2:
            block = data[found.end() : end - 2]
            headers = read_fields(block)
        if found is None or headers is None:
            return self._no_head(data[at:end] if end > 3 else data[at:], whole=end > 3)
        self._at, self._seen = end, 0
        try:
            head = _accepted(found, headers)
        except _Refusal as refusal:
            return self._refuse(refusal.status, str(refusal))
        self._latest.remember(head, block)
        self._upgrade = bool(head.upgrade)
        if head.chunked:
            self._chunks = ChunkReader()
            self._stage = _CHUNKS
        elif head.length:
            self._need = head.length
            self._stage = _LENGTH
        elif head.upgrade:
            self._stage = _SWITCHED
        return Asked(head)

    def _no_head(self, begun: bytes, *, whole: bool) -> Refused | None:
        """Tell what the first fault of a head is that is malformed, too large or not whole yet."""
        wrong = forbidden_at(begun, max(self._seen - 1, 0))
        line = begun.find(b"\r\n")
        if 0 <= line <= MAX_LINE:
            news = line + 2 > self._seen and not 0 <= wrong < line
            if news and _LINE.fullmatch(begun, 0, line) is None:
                return self._refuse(*_why(begun[:line]))
        elif len(begun) > MAX_LINE + 1 and not 0 <= wrong <= MAX_LINE:
            return self._refuse(414, "request target is too long")
        if len(begun) > MAX_HEAD and not 0 <= wrong < MAX_HEAD:
            return self._refuse(431, "request head is too large")
        if whole or wrong >= 0:
            return self._refuse(400, "malformed request")
        self._seen = len(begun)
        return None

    def _body(self) -> RequestPart | None:
        data, at = self._data, self._at
        if not self._need:
            return self._ended(_END)
        piece = data[at : at + self._need]
        if not piece:
            return None
        self._at = at + len(piece)
        self._need -= len(piece)
        return Body(piece)

    def _coded(self) -> RequestPart | None:
        pieces: list[bytes] = []
        chunks = self._chunks
        self._at = chunks.read(self._data, self._at, pieces)
        if pieces:
            return Body(pieces[0] if len(pieces) == 1 else b"".join(pieces))
        if chunks.broken:
            return self._refuse(400, "malformed chunk")
        if not chunks.done:
            return None
        return self._ended(End(chunks.trailers) if chunks.trailers else _END)

    def _ended(self, end: End) -> End:
        self._stage = _SWITCHED if self._upgrade else _BETWEEN
        return end

    def _refuse(self, status: int, why: str) -> Refused:
        self.clear()
        return Refused(status, why)


def _why(line: bytes) -> tuple[int, str]:
    if _OTHER_VERSION.fullmatch(line) and not line.endswith((b" HTTP/1.1", b" HTTP/1.0")):
        return 505, "HTTP version is not supported"
    return 400, "request line is not a method, a path of printable ASCII and HTTP/1.1"


def _accepted(found: re.Match[bytes], headers: Headers) -> RequestHead:
    """Return the head as a value; raises _Refusal for what must not be passed on."""
    method, target, minor = found.groups()
    if len(headers) > MAX_FIELDS:
        raise _Refusal(431, "request head has too many fields")
    fields = chosen(headers, FRAMING)
    hosts = fields.get(b"host", _NONE)
    if len(hosts) != 1 or _HOST.fullmatch(hosts[0]) is None:
        raise _Refusal(400, "exactly one Host header with a host and a port is needed")
    if method == b"CONNECT":
        raise _Refusal(400, "CONNECT leads nowhere from here")
    head = RequestHead(
        method.decode(), target.decode(), hosts[0].decode(), headers, http11=minor == b"1"
    )
    if b"content-length" in fields or b"transfer-encoding" in fields:
        _frame(head, fields)
    if b"expect" in fields:
        head.expects = _expects(head, fields[b"expect"])
    if not head.http11:
        head.keep_alive = False
        return head
    if b"connection" in fields:
        wishes = options(fields[b"connection"])
        head.keep_alive = b"close" not in wishes
        if b"upgrade" in fields and b"upgrade" in wishes:
            head.upgrade = _protocol(head, fields[b"upgrade"])
    if b"te" in fields:
        head.takes_trailers = b"trailers" in options(fields[b"te"])
    return head


def _frame(head: RequestHead, fields: dict[bytes, list[bytes]]) -> None:
    """Read how long the body is (RFC 9112, 6.3); raises _Refusal for what has two readings."""
    codings, lengths = fields.get(b"transfer-encoding"), fields.get(b"content-length")
    if codings is None:
        head.length = read_length(lengths or _NONE)
        if head.length is None:
            raise _Refusal(400, "Content-Length is not one number")
    elif head.http11 and lengths is None and is_chunked(codings):
        head.chunked = True
    else:
        raise _Refusal(400, "ambiguous message framing")


def _expects(head: RequestHead, wishes: list[bytes]) -> bool:
    """Tell whether the client waits for 100 (RFC 9110, 10.1.1); raises _Refusal for more."""
    if not head.http11:
        return False
    if len(wishes) != 1 or wishes[0].lower() != b"100-continue":
        raise _Refusal(417, "nothing but 100-continue can be expected")
    return head.has_body


def _protocol(head: RequestHead, protocols: list[bytes]) -> str:
    """Return the protocol that is asked for when it is one to pass on, else nothing."""
    found = _PROTOCOL.fullmatch(protocols[0]) if len(protocols) == 1 else None
    if found is None or found[1].lower() in _HTTP_AGAIN:
        return ""
    protocol = found[0].decode("ascii")
    if protocol.lower() != "websocket":
        return protocol
    return "websocket" if head.method == "GET" and not head.has_body else ""
