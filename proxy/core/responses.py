"""From bytes of an upstream to one response.

An upstream may be anything, so what is malformed is refused here as well: what came
until then is lost, and so is the connection. A body without a length ends with the
connection, when that ends in peace.
"""

import re
from typing import Final

from proxy.core.chunks import ChunkReader
from proxy.core.grammar import (
    chosen,
    forbidden_at,
    holds_secret,
    is_chunked,
    options,
    read_fields,
    read_length,
)
from proxy.core.message import Headers, Piece, ResponseHead
from proxy.core.parts import Answer, Body, End, Refused, ResponsePart, Rest

MAX_HEAD = 262_144
"""Bytes of all heads, interim ones included; applications with large cookies or policies send
long ones."""

_LINE = rb"HTTP/1\.([01]) ([1-9][0-9]{2})(?: ([\t\x20-\x7e\x80-\xff]*+))?"
_BEGINNING = re.compile(_LINE + rb"\r\n")
_FIRST = re.compile(_LINE)
_FIRST_BEGUN = b"HTTP/1."
_FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection", b"upgrade"})
_REMEMBERED: Final[dict[bytes, ResponseHead]] = {}
"""Heads that were read → what they say, which depends on nothing else; without cookies. A program
that is asked again and again answers with the same one, a second long."""
_SHORT = 768
_KNOWN = 512
"""Bytes up to which a head is remembered, and how many are."""
_COPIED = 8192
"""Bytes behind a head up to which they are copied from there."""
_MALFORMED = "malformed response"

_HEADS, _LENGTH, _CHUNKS, _UNTIL_END, _DONE = range(5)


class ResponseReader:
    """Reads the response to one request. After `End`, `Rest` or `Refused` it takes no more.

    `clean` tells after `End` that nothing came behind it.
    """

    def __init__(self, method: str) -> None:
        self._method = method
        self._begun = b""
        self._seen = 0
        """Bytes of an unfinished head that need not be looked at again."""
        self._spent = 0
        self._stage = _HEADS
        self._need = 0
        self._chunks: ChunkReader | None = None
        self.clean = True

    def feed(self, data: bytes) -> list[ResponsePart]:
        """Return what these bytes complete."""
        parts: list[ResponsePart] = []
        if self._begun:
            data = self._begun + data
            self._begun = b""
        at = 0
        while self._stage == _HEADS and at < len(data):
            after = self._head(data, at, parts)
            if after == at:
                break
            at = after
        if self._stage != _HEADS:
            self._body(data, at, parts)
        return parts

    def ended(self, *, clean: bool) -> list[ResponsePart]:
        """Return what the connection's end completes: a body without framing, or nothing.

        An end that is not `clean` completes nothing, since nobody knows what was lost.
        """
        if self._stage != _UNTIL_END or not clean:
            return []
        self._stage = _DONE
        return [End()]

    def _fail(self, parts: list[ResponsePart], why: str) -> None:
        self.clean = False
        self._stage = _DONE
        parts.append(Refused(502, why))

    # --- heads ---

    def _head(self, data: bytes, at: int, parts: list[ResponsePart]) -> int:
        """Read one head if it is whole; return where it ends."""
        end = data.find(b"\r\n\r\n", at + max(self._seen - 3, 0)) + 4
        whole = end > 3 and self._spent + end - at <= MAX_HEAD
        short = data[at:end] if whole and end - at <= _SHORT else b""
        head = _REMEMBERED.get(short) if short else None
        if head is None:
            found = _BEGINNING.match(data, at) if whole else None
            headers = read_fields(data[found.end() : end - 2]) if found is not None else None
            if found is None or headers is None:
                self._no_head(data[at:end] if end > 3 else data[at:], parts, whole=end > 3)
                return at
            head = _accepted(found, headers)
            if head is None:
                self._fail(parts, "response whose framing has two readings")
                return at
            if short and not holds_secret(headers):
                if len(_REMEMBERED) >= _KNOWN:
                    _REMEMBERED.clear()
                _REMEMBERED[short] = head
        self._spent += end - at
        self._seen = 0
        parts.append(Answer(head))
        if head.status == 101:
            parts.append(Rest(data[end:]))
            self._stage = _DONE
            return len(data)
        if head.status >= 200:
            self._frame(head, parts)
        return end

    def _no_head(self, begun: bytes, parts: list[ResponsePart], *, whole: bool) -> None:
        """Keep the beginning of a head, unless it is at fault already."""
        wrong = forbidden_at(begun, max(self._seen - 1, 0))
        line = begun.find(b"\r\n")
        bound = MAX_HEAD - self._spent
        if begun[:7] != _FIRST_BEGUN[: len(begun)] or (
            0 <= line < bound and not 0 <= wrong < line and _FIRST.fullmatch(begun, 0, line) is None
        ):
            self._fail(parts, _MALFORMED)
        elif len(begun) > bound and not 0 <= wrong < bound:
            self._fail(parts, "response head is too large")
        elif whole or wrong >= 0:
            self._fail(parts, _MALFORMED)
        else:
            self._seen = len(begun)
            self._begun = begun

    def _frame(self, head: ResponseHead, parts: list[ResponsePart]) -> None:
        """Find out how the body ends (RFC 9112, 6.3)."""
        if not head.has_body(self._method) or head.length == 0:
            self._stage = _DONE
            parts.append(End())
        elif head.chunked:
            self._stage = _CHUNKS
            self._chunks = ChunkReader()
        elif head.length is not None:
            self._need = head.length
            self._stage = _LENGTH
        else:
            self._stage = _UNTIL_END

    # --- bodies ---

    def _body(self, data: bytes, at: int, parts: list[ResponsePart]) -> None:
        if self._stage == _CHUNKS:
            at = self._coded(data, at, parts)
        elif self._stage == _LENGTH and at < len(data):
            piece = _piece(data, at, self._need)
            at += len(piece)
            self._need -= len(piece)
            parts.append(Body(piece))
            if not self._need:
                self._stage = _DONE
                parts.append(End())
        elif self._stage == _UNTIL_END and at < len(data):
            parts.append(Body(_piece(data, at, len(data))))
            return
        if self._stage == _DONE and at < len(data):
            self.clean = False

    def _coded(self, data: bytes, at: int, parts: list[ResponsePart]) -> int:
        pieces: list[bytes] = []
        chunks = self._chunks
        assert chunks is not None, "a coding has a reader"
        at = chunks.read(data, at, pieces)
        if pieces:
            parts.append(Body(pieces[0] if len(pieces) == 1 else b"".join(pieces)))
        if chunks.done:
            self._stage = _DONE
            parts.append(End(chunks.trailers))
        elif chunks.broken:
            self._fail(parts, _MALFORMED)
        else:
            self._begun = data[at:]
        return at


def _piece(data: bytes, at: int, most: int) -> Piece:
    if at and len(data) - at > _COPIED:
        return memoryview(data)[at : at + most]
    return data[at : at + most]


def _accepted(found: re.Match[bytes], headers: Headers) -> ResponseHead | None:
    """Return the head as a value, or None when its framing could be read in two ways."""
    minor, status, reason = found.groups()
    fields = chosen(headers, _FRAMING)
    lengths, codings = fields.get(b"content-length"), fields.get(b"transfer-encoding")
    length = read_length(lengths) if lengths is not None else None
    http11 = minor == b"1"
    if (lengths is not None and length is None) or (
        codings is not None and (length is not None or not http11 or not is_chunked(codings))
    ):
        return None
    return ResponseHead(
        status=int(status),
        reason=reason or b"",
        headers=headers,
        length=length,
        chunked=codings is not None,
        keep_alive=http11
        and (b"connection" not in fields or b"close" not in options(fields[b"connection"])),
        upgrade=b",".join(fields[b"upgrade"]).decode("latin-1").lower()
        if b"upgrade" in fields
        else "",
    )
