"""A response on its way to the client: its head, its framing, its end.

Of interim answers only `100 Continue` goes on, once, to who waits for it: browsers ignore
the others over HTTP/1.1, and half of all programs would take a 103 for the answer.
"""

from proxy.core.commands import Commands
from proxy.core.headers import response_headers
from proxy.core.message import (
    Headers,
    Piece,
    RequestHead,
    ResponseHead,
    Said,
    chunk,
    last_chunk,
    write_response,
)
from proxy.core.plans import Forward
from proxy.core.secure import STRICT
from proxy.core.trailers import announced, passed

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Delivery:
    """What the client has been sent of one response."""

    def __init__(
        self, head: RequestHead, forward: Forward, out: Commands, *, strict: bool = False
    ) -> None:
        self.response: ResponseHead | None = None
        self.unframed = False
        """The body's end is the connection's end (a client of HTTP/1.0)."""
        self.waited_for = head.expects
        """Whether the client waits for `100 Continue`."""
        self._head = head
        self._forward = forward
        self._out = out
        self._strict = strict
        self._chunked = False
        self._trailers = False

    @property
    def reusable(self) -> bool:
        """Whether the response's framing lets its connection serve another request.

        Servers that send a body where none may be are common. What they send late would
        be taken for the next answer, so after HEAD, and after a 204 that announces a
        body, the connection is not used again.
        """
        response = self.response
        if response is None or not response.keep_alive or self._head.upgrade:
            return False
        if self._head.method == "HEAD":
            return False
        return response.status != 204 or not (response.chunked or response.length)

    def go_ahead(self) -> None:
        """Let a client that waits send its body."""
        if self.waited_for:
            self.waited_for = False
            self._out.send(_CONTINUE)

    def begin(self, response: ResponseHead, *, closing: bool) -> None:
        """Send the head of the final answer."""
        head = self._head
        self.response = response
        self.waited_for = False
        length = response.length if response.status != 204 else None
        if length is not None and not closing:
            self._out.send(self._again(response, length))
            return
        headers = self._headers(response)
        if length is not None:
            headers.append((b"content-length", b"%d" % length))
        elif response.has_body(head.method):
            closing = self._choose_framing(response, headers) or closing
        if closing:
            headers.append((b"connection", b"close"))
        self._out.send(write_response(response.status, response.reason, headers))

    def _headers(self, response: ResponseHead) -> Headers:
        forward = self._forward
        headers = response_headers(
            response,
            user_code=forward.user_code,
            ancestors=forward.ancestors,
            shared=forward.shared,
            origin=forward.origin,
        )
        if self._strict:
            headers = [one for one in headers if one[0] != STRICT[0]]
            headers.append(STRICT)
        return headers

    def _again(self, response: ResponseHead, length: int) -> bytes:
        """Return the head of a body of known length, written once for all who may read the same."""
        forward, said = self._forward, response.said
        flags = 1 if forward.user_code else 0
        if forward.shared:
            flags |= 2
        if self._strict:
            flags |= 4
        if (
            said is None
            or said.flags != flags
            or said.ancestors != forward.ancestors
            or said.origin != forward.origin
        ):
            headers = self._headers(response)
            headers.append((b"content-length", b"%d" % length))
            data = write_response(response.status, response.reason, headers)
            said = response.said = Said(flags, forward.ancestors, forward.origin, data)
        return said.data

    def _choose_framing(self, response: ResponseHead, headers: Headers) -> bool:
        """Frame a body of unknown length; tell whether the connection has to end with it."""
        if not self._head.http11:
            self.unframed = True
            return True
        self._chunked = True
        headers.append((b"transfer-encoding", b"chunked"))
        if response.chunked and self._head.takes_trailers:
            self._trailers = True
            headers += announced(response.headers)
        return False

    def body(self, data: Piece) -> None:
        """Send part of the body."""
        self._out.send(chunk(data) if self._chunked else data)

    def end(self, trailers: Headers) -> None:
        """Send what ends the body."""
        if self._chunked:
            self._out.send(last_chunk(passed(trailers) if self._trailers else []))

    def switch(self, response: ResponseHead) -> None:
        """Send the head that grants another protocol."""
        self.response = response
        headers = response_headers(response, user_code=self._forward.user_code)
        headers.append((b"connection", b"Upgrade"))
        headers.append((b"upgrade", self._head.upgrade.encode()))
        self._out.send(write_response(101, b"Switching Protocols", headers))
