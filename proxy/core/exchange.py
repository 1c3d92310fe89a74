"""One request that is passed on, and its response.

OPENING   waits for a connection; what the client sends meanwhile waits too
ACTIVE    request and response flow, each as it comes
RELAY     both sides speak another protocol, and the shell moves the bytes
OVER      ended; `reply` is what to answer instead, `broken` that the client was
          promised more than came
"""

from enum import Enum

from proxy.core import answers, events
from proxy.core.access import Rules
from proxy.core.commands import Commands, Drop, HoldUpstream, Keep, Open, Relay, Tell, Way
from proxy.core.headers import response_headers
from proxy.core.message import (
    LAST_CHUNK,
    RequestHead,
    ResponseHead,
    chunk,
    write_request,
    write_response,
)
from proxy.core.parts import Answer, Body, End, Refused, Rest
from proxy.core.patience import BUFFERED_BODY
from proxy.core.plans import Forward
from proxy.core.replies import Reply
from proxy.core.responses import ResponseReader


class Stage(Enum):
    """How far an exchange is."""

    OPENING = 1
    ACTIVE = 2
    RELAY = 3
    OVER = 4


class Exchange:
    """Takes what happens, adds what to do to the connection's commands."""

    def __init__(self, rules: Rules, head: RequestHead, forward: Forward, out: Commands) -> None:
        self.head = head
        self.forward = forward
        self.stage = Stage.OPENING
        self.request_done = False
        self.status = 0
        self.sent = 0
        self.received = 0
        self.kept = False
        self.retries = 0
        self.opened_at = self.first_at = 0.0
        """When the upstream had the head, and the client the first of the answer; monotonic."""
        self.closing = not head.keep_alive or bool(head.upgrade)
        """Whether the client's connection ends with this response."""
        self.reply: Reply | None = None
        self.broken = False
        self.unframed = False
        """The body's end is the connection's end (a client of HTTP/1.0)."""
        self._rules = rules
        self._out = out
        self._reader = ResponseReader(head.method)
        self._response: ResponseHead | None = None
        self._chunked = False
        self._at = 0.0
        self._waiting: list[bytes] = []
        self._buffered = 0
        self._upstream_full = False
        self._workspace = forward.host.workspace if forward.host is not None else ""
        out.add(Open(forward.upstream, kept=head.replayable, workspace=self._workspace))

    @property
    def wants_hold(self) -> bool:
        """Whether the client should stop sending for now."""
        return self._upstream_full or self._buffered > BUFFERED_BODY

    # --- the client's side ---

    def body(self, data: bytes) -> None:
        """Take part of the request's body."""
        self.received += len(data)
        if self.stage is Stage.OPENING:
            self._hold_back(data)
        elif self.stage is Stage.ACTIVE:
            self._out.tell(chunk(data) if self.head.chunked else data)

    def early(self, data: bytes) -> None:
        """Take bytes of a tunnel that is not granted yet."""
        if self.stage is not Stage.OVER:
            self._hold_back(data)

    def _hold_back(self, data: bytes) -> None:
        self._waiting.append(data)
        self._buffered += len(data)

    def request_ended(self) -> None:
        """The request is whole."""
        self.request_done = True
        if self.head.chunked and self.stage is Stage.ACTIVE:
            self._out.tell(LAST_CHUNK)

    def cancel(self) -> None:
        """Nobody wants the response any more, or may have it."""
        if self.stage is not Stage.OVER:
            self._out.add(Drop())
        self.stage = Stage.OVER

    def handle(self, event: events.OfExchange, at: float) -> None:
        """Take what happens to either side, `at` a monotonic time."""
        self._at = at
        match event:
            case events.Answered(data=data):
                self._answered(data)
            case events.Opened(kept=kept):
                self._opened(kept=kept)
            case events.NotOpened(way=way):
                self._not_opened(way)
            case events.UpstreamGone():
                self._upstream_gone()
            case events.ServiceAway():
                self._give_up()
            case events.UpstreamFull(full=full):
                self._upstream_full = full
            case events.ClientFull(full=full):
                if self.stage is Stage.ACTIVE:
                    self._out.add(HoldUpstream(on=full))
            case events.RelayProgress(sent=sent, received=received):
                self.sent, self.received = sent, received

    # --- the upstream's side ---

    def _opened(self, *, kept: bool) -> None:
        """Send what is there of the request."""
        assert self.stage is Stage.OPENING
        self.stage = Stage.ACTIVE
        self.kept = kept
        self.opened_at = self._at
        parts = [write_request(self.head.method, self.head.target, self.forward.headers)]
        if not self.head.upgrade:
            parts += [chunk(one) for one in self._waiting] if self.head.chunked else self._waiting
            self._waiting, self._buffered = [], 0
        if self.request_done and self.head.chunked:
            parts.append(LAST_CHUNK)
        self._out.add(Tell(parts))

    def _not_opened(self, way: Way) -> None:
        """Explain why there is no way to the upstream."""
        forward = self.forward
        self.reply = answers.no_connection(
            self._rules, self.head, forward.host, forward.upstream, way
        )
        self.stage = Stage.OVER

    def _give_up(self) -> None:
        """Answer instead of waiting, unless something was begun that nobody else can end."""
        waits = self.stage is Stage.OPENING or (self.stage is Stage.ACTIVE and not self.status)
        if waits and self.head.replayable and not self.head.upgrade:
            self._out.add(Drop())
            self._not_opened(Way.AWAY)

    def _answered(self, data: bytes) -> None:
        """Take bytes of the response."""
        for part in self._reader.feed(data):
            match part:
                case Body(data=piece):
                    self._pass(piece)
                case Answer(head=head):
                    self._begin(head)
                case End():
                    self._end(gone=False)
                case Rest(data=rest):
                    self._switch(rest)
                case Refused(why=why):
                    self._fail(f"The server behind this address sent a {why}.", gone=False)
            if self.stage is not Stage.ACTIVE:
                return

    def _upstream_gone(self) -> None:
        """The connection to the upstream has ended."""
        if self.stage is not Stage.ACTIVE:
            return
        if self._reader.ended():
            self._end(gone=True)
        elif self.kept and self._response is None:
            # it was closed while it was kept; the request is one that may be sent again
            self.kept = False
            self.retries += 1
            self._reader = ResponseReader(self.head.method)
            self._upstream_full = False
            self.stage = Stage.OPENING
            self._out.add(Open(self.forward.upstream, kept=False, workspace=self._workspace))
        else:
            self._fail("The server behind this address closed the connection.", gone=True)

    # --- the response ---

    def _begin(self, head: ResponseHead) -> None:
        if head.status == 101:
            if not self.head.upgrade:
                self._fail("The server switched to a protocol nobody asked for.", gone=False)
            self._response = head
            return
        if head.status < 200:
            if head.status == 100 and self.head.http11 and not self.request_done:
                self._out.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            return
        self._response = head
        self.status = head.status
        self.first_at = self._at
        forward = self.forward
        headers = response_headers(
            head,
            user_code=forward.user_code,
            ancestors=forward.ancestors,
            origin=forward.origin,
        )
        if head.length is not None and head.status != 204:
            headers.append((b"content-length", b"%d" % head.length))
        elif head.has_body(self.head.method):
            if self.head.http11:
                self._chunked = True
                headers.append((b"transfer-encoding", b"chunked"))
            else:
                self.unframed = self.closing = True
        if self.closing or not self.request_done:
            headers.append((b"connection", b"close"))
        self._out.send(write_response(head.status, head.reason, headers))

    def _pass(self, data: bytes) -> None:
        self.sent += len(data)
        self._out.send(chunk(data) if self._chunked else data)

    def _end(self, *, gone: bool) -> None:
        assert self._response is not None
        if self._chunked:
            self._out.send(LAST_CHUNK)
        if not gone:
            reusable = self._response.keep_alive and self._reader.clean and self.request_done
            if reusable and self._upstream_full:
                self._out.add(HoldUpstream(on=False))
            self._out.add(Keep() if reusable else Drop())
        self.stage = Stage.OVER

    def _switch(self, rest: bytes) -> None:
        head = self._response
        assert head is not None, "llhttp switches only after a head"
        self.status = 101
        self.first_at = self._at
        headers = response_headers(head, user_code=self.forward.user_code)
        headers.append((b"connection", b"Upgrade"))
        headers.append((b"upgrade", self.head.upgrade.encode()))
        self._out.send(write_response(101, b"Switching Protocols", headers))
        early, self._waiting, self._buffered = b"".join(self._waiting), [], 0
        self._upstream_full = False
        self._out.add(Relay(to_client=rest, to_upstream=early))
        self.stage = Stage.RELAY

    def _fail(self, cause: str, *, gone: bool) -> None:
        if not gone:
            self._out.add(Drop())
        if self.status:
            self.broken = True
        else:
            self.reply = answers.bad_gateway(self._rules, self.head, self.forward.host, cause)
        self.stage = Stage.OVER
