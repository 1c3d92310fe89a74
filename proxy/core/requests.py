"""From bytes to requests: llhttp through httptools, and what it lets through but we do not.

llhttp itself refuses bare LF, folded lines, NUL, spaces before a colon, several
Content-Lengths, Content-Length beside Transfer-Encoding. Refused here are: no or
several Host headers, absolute-form and CONNECT, HTTP/0.9, HTTP/1.0 with
Transfer-Encoding, any coding but chunked, heads and targets that are too long.
Trailers are dropped, since applications would take them for headers.

llhttp stops after a head with `Upgrade`, whatever it asks for, and takes what
follows for another protocol. Only a WebSocket is meant here; after any other such
head a fresh parser is told the same framing without the upgrade and reads on.
"""

import re

import httptools

from proxy.core.message import Headers, RequestHead
from proxy.core.parts import Asked, Body, End, Refused, RequestPart, Rest

MAX_HEAD = 32_768
MAX_TARGET = 16_384
"""Bytes."""
_SLICE = 16_384
"""Bytes of a head that are parsed at once, so that its size is noticed in time."""

_TARGET = re.compile(rb"/[\x21-\x7e]*")
_HOST = re.compile(rb"[\x21-\x7e]{1,300}")


class _Refusal(Exception):
    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class RequestReader:
    """Feed it bytes, get parts.

    After `Refused` it takes no more; after a WebSocket's head everything is `Rest`.
    """

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._parts: list[RequestPart] = []
        self._head: RequestHead | None = None
        self._unfinished = 0
        self._target = b""
        self._size = 0
        self._headers: Headers = []
        self._muted = False
        self._switched = False
        self._done = False

    @property
    def inside_head(self) -> bool:
        """Whether a head has begun and is not whole yet."""
        return self._unfinished > 0

    def feed(self, data: bytes) -> list[RequestPart]:
        """Return what these bytes complete."""
        if self._switched:
            return [Rest(data)] if data else []
        while len(data) > _SLICE and self._head is None and not self._done:
            self._feed(data[:_SLICE])
            data = data[_SLICE:]
        self._feed(data)
        parts, self._parts = self._parts, []
        return parts

    def _feed(self, data: bytes) -> None:
        if self._done:
            return
        if self._switched:
            self._parts.append(Rest(data))
            return
        if self._head is None:
            self._unfinished += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._after_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserCallbackError as error:
            cause = error.__context__
            self._refuse(cause if isinstance(cause, _Refusal) else None)
        except _Refusal as refusal:
            self._refuse(refusal)
        except httptools.HttpParserError:
            self._refuse(None)
        if self._unfinished > MAX_HEAD + _SLICE and not self._done:
            self._refuse(_Refusal(431, "request head is too large"))

    def _after_upgrade(self, rest: bytes) -> None:
        head = self._head
        assert head is not None, "llhttp asks for an upgrade only after a head"
        if head.upgrade:
            self._head = None
            self._switched = True
            if rest:
                self._parts.append(Rest(rest))
            return
        framing = b""
        if head.chunked:
            framing = b"Transfer-Encoding: chunked\r\n"
        elif head.length is not None:
            framing = b"Content-Length: %d\r\n" % head.length
        self._parser = httptools.HttpRequestParser(self)
        self._muted = True
        self._parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n" % framing)
        self._muted = False
        if not head.has_body:
            self.on_message_complete()
        if rest:
            self._feed(rest)

    def _refuse(self, refusal: _Refusal | None) -> None:
        self._done = True
        status = refusal.status if refusal else 400
        self._parts.append(Refused(status, str(refusal) if refusal else "malformed request"))

    # --- callbacks of httptools ---

    def on_message_begin(self) -> None:
        if self._muted:
            return
        self._head = None
        self._target = b""
        self._size = 0
        self._headers = []

    def on_url(self, url: bytes) -> None:
        if self._muted:
            return
        self._target += url
        if len(self._target) > MAX_TARGET:
            raise _Refusal(414, "request target is too long")

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._muted or self._head is not None:  # our own, or a trailer
            return
        self._size += len(name) + len(value) + 4
        if self._size > MAX_HEAD:
            raise _Refusal(431, "request head is too large")
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._muted:
            return
        parser = self._parser
        method = parser.get_method().decode("ascii")
        head = _accepted(method, parser.get_http_version(), self._target, self._headers)
        head.keep_alive = head.http11 and parser.should_keep_alive()
        self._head = head
        self._unfinished = 0
        self._parts.append(Asked(head))

    def on_body(self, body: bytes) -> None:
        self._parts.append(Body(body))

    def on_message_complete(self) -> None:
        head = self._head
        if self._muted or head is None:
            return
        if self._parser.should_upgrade() and not head.upgrade:
            return  # not complete: `_after_upgrade` goes on
        self._parts.append(End())
        if not head.upgrade:
            self._head = None


def _accepted(method: str, version: str, target: bytes, headers: Headers) -> RequestHead:
    """Return the head as a value; raises _Refusal for what must not be passed on."""
    if version not in {"1.0", "1.1"}:
        raise _Refusal(505, "HTTP version is not supported")
    if method == "CONNECT" or _TARGET.fullmatch(target) is None:
        raise _Refusal(400, "request target must be a path of printable ASCII")
    fields: dict[bytes, list[bytes]] = {}
    for key, value in headers:
        fields.setdefault(key, []).append(value)
    hosts = fields.get(b"host", [])
    if len(hosts) != 1 or _HOST.fullmatch(hosts[0]) is None:
        raise _Refusal(400, "exactly one Host header is needed")
    lengths = fields.get(b"content-length", [])
    codings = fields.get(b"transfer-encoding", [])
    if codings and (version == "1.0" or lengths or not _is_chunked(codings)):
        raise _Refusal(400, "ambiguous message framing")
    head = RequestHead(
        method=method,
        target=target.decode("ascii"),
        authority=hosts[0].decode("ascii"),
        headers=headers,
        http11=version == "1.1",
        length=int(lengths[0]) if lengths else None,  # llhttp lets one, of digits, through
        chunked=bool(codings),
    )
    if head.http11 and method == "GET" and not head.has_body and _asks_for_websocket(fields):
        head.upgrade = "websocket"
    return head


def _is_chunked(codings: list[bytes]) -> bool:
    return [one.strip().lower() for one in codings] == [b"chunked"]


def _asks_for_websocket(fields: dict[bytes, list[bytes]]) -> bool:
    wishes = b",".join(fields.get(b"connection", [])).lower().split(b",")
    protocols = [one.lower() for one in fields.get(b"upgrade", [])]
    return protocols == [b"websocket"] and any(one.strip() == b"upgrade" for one in wishes)
