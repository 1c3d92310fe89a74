"""From bytes of an upstream to one response."""

import httptools

from proxy.core.message import Headers, ResponseHead
from proxy.core.parts import Answer, Body, End, Refused, ResponsePart, Rest

MAX_HEAD = 262_144
"""Bytes; applications with large cookies or policies send long heads."""


class ResponseReader:
    """Reads the response to one request. After `End`, `Rest` or `Refused` it takes no more.

    `clean` tells after `End` that nothing came behind it.
    """

    def __init__(self, method: str) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._bodiless = method == "HEAD"
        self._parts: list[ResponsePart] = []
        self._headers: Headers = []
        self._reason = b""
        self._size = 0
        self._head: ResponseHead | None = None
        self._done = False
        self.clean = True

    def feed(self, data: bytes) -> list[ResponsePart]:
        """Return what these bytes complete."""
        if self._done:
            self.clean = False
            return []
        if self._head is None:
            self._size += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._done = True
            self._parts.append(Rest(data[upgrade.args[0] :]))
        except httptools.HttpParserError:
            self._fail("malformed response")
        if self._head is None and self._size > MAX_HEAD:
            self._fail("response head is too large")
        parts, self._parts = self._parts, []
        return parts

    def ended(self) -> list[ResponsePart]:
        """Return what the end of the connection completes: a body without framing, or nothing."""
        head = self._head
        if self._done or head is None or head.chunked or head.length is not None:
            return []
        self._done = True
        return [End()]

    def _fail(self, why: str) -> None:
        self.clean = False
        if not self._done:
            self._done = True
            self._parts.append(Refused(502, why))

    # --- callbacks of httptools ---

    def on_message_begin(self) -> None:
        if self._done:
            self.clean = False
            return
        self._headers = []
        self._reason = b""

    def on_status(self, status: bytes) -> None:
        self._reason += status

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head is None:
            self._size += len(name) + len(value)
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._done:
            return
        status = self._parser.get_status_code()
        length, codings = None, list[bytes]()
        for key, value in self._headers:
            if key == b"content-length":
                length = int(value)  # llhttp lets digits through alone
            elif key == b"transfer-encoding":
                codings.append(value.strip().lower())
        if codings and codings != [b"chunked"]:
            self._fail("response in a transfer coding that is not chunked")
            return
        head = ResponseHead(
            status=status,
            reason=self._reason,
            headers=self._headers,
            length=length,
            chunked=bool(codings),
            keep_alive=self._parser.should_keep_alive(),
        )
        self._parts.append(Answer(head))
        if status >= 200:
            self._head = head
            if self._bodiless:  # llhttp does not know, and would wait for a body
                self._finish()

    def on_body(self, body: bytes) -> None:
        if self._done:
            self.clean = False
        else:
            self._parts.append(Body(body))

    def on_message_complete(self) -> None:
        if not self._done and self._head is not None:
            self._finish()

    def _finish(self) -> None:
        self._done = True
        self._parts.append(End())
