"""One request that is passed on, and its response.

OPENING   waits for a connection; what the client sends meanwhile waits too
ACTIVE    request and response flow, each as it comes
RELAY     both sides speak another protocol, and the shell moves the bytes
OVER      ended; `reply` is what to answer instead, `broken` that the client was
          promised more than came

A request is sent twice in one case: it has no body and no effect (GET, HEAD, OPTIONS),
and the kept connection it was sent on ended before a single byte came back.
"""

from enum import Enum
from typing import Final

from proxy.core import answers, events
from proxy.core.commands import Commands, Drop, HoldUpstream, Keep, Open, Relay, Way
from proxy.core.delivery import Delivery
from proxy.core.headers import upgrade_of
from proxy.core.message import (
    Headers,
    Piece,
    RequestHead,
    ResponseHead,
    chunk,
    last_chunk,
    write_request,
)
from proxy.core.parts import Answer, Body, End, Refused, Rest
from proxy.core.patience import BUFFERED_BODY
from proxy.core.plans import Forward
from proxy.core.replies import Reply
from proxy.core.responses import ResponseReader
from proxy.core.rules import Rules
from proxy.core.trailers import passed
from proxy.core.unreachable import broken_off, no_connection


class Stage(Enum):
    """How far an exchange is."""

    OPENING = 1
    ACTIVE = 2
    RELAY = 3
    OVER = 4


# constants, since each look at an enumeration is a search
_OPENING: Final = Stage.OPENING
_ACTIVE: Final = Stage.ACTIVE
_RELAY: Final = Stage.RELAY
_OVER: Final = Stage.OVER


class Exchange:
    """Takes what happens, adds what to do to the connection's commands."""

    def __init__(self, rules: Rules, head: RequestHead, forward: Forward, out: Commands) -> None:
        self.head = head
        self.forward = forward
        self.stage = _OPENING
        self.request_done = not head.has_body
        self.status = 0
        self.received = 0
        """Bytes of the body, or of the tunnel, from the client."""
        self.kept = False
        self.retries = 0
        self.opened_at = self.first_at = 0.0
        """When the upstream had the head, and the client the first of the answer; monotonic."""
        self.closing = not head.keep_alive or bool(head.upgrade)
        """Whether the client's connection ends with this response."""
        self.reply: Reply | None = None
        self.broken = False
        self.buffered = 0
        """Bytes that wait for the upstream."""
        self.delivery = Delivery(head, forward, out, strict=rules.strict)
        self.sent = 0
        """Bytes of the body, or of the tunnel, towards the client."""
        self._rules = rules
        self._out = out
        self._reader = ResponseReader(head.method)
        self._trailers: Headers = []
        self._untouched = True
        """No byte has come back yet."""
        self._at = 0.0
        self._waiting: list[Piece] = []
        """Of the body."""
        self._early: list[bytes] = []
        """Of the protocol that the client asks for."""
        self._upstream_full = False
        self._workspace = forward.host.workspace if forward.host is not None else ""
        out.add(Open(forward.upstream, kept=head.replayable, workspace=self._workspace))

    @property
    def wants_hold(self) -> bool:
        """Whether the client should stop sending for now."""
        return self._upstream_full or self.buffered > BUFFERED_BODY

    @property
    def awaits_continue(self) -> bool:
        """Whether the client waits to be told to send its body, and the upstream may."""
        return self.delivery.waited_for and self.stage is _ACTIVE

    # --- the client's side ---

    def body(self, data: Piece) -> None:
        """Take part of the request's body."""
        self.received += len(data)
        self.delivery.waited_for = False
        if self.stage is _OPENING:
            self._waiting.append(data)
            self.buffered += len(data)
        elif self.stage is _ACTIVE:
            self._out.tell(chunk(data) if self.head.chunked else data)

    def early(self, data: bytes) -> None:
        """Take bytes of a tunnel that is not granted yet."""
        if self.stage is not _OVER:
            self._early.append(data)
            self.buffered += len(data)

    def request_ended(self, trailers: Headers) -> None:
        """The request's body is whole."""
        self.request_done = True
        self._trailers = passed(trailers)
        if self.head.chunked and self.stage is _ACTIVE:
            self._out.tell(last_chunk(self._trailers))

    def cancel(self) -> None:
        """Nobody wants the response any more, or may have it."""
        if self.stage is not _OVER:
            self._out.add(Drop())
        self.stage = _OVER

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
            case events.UpstreamGone(clean=clean):
                self._upstream_gone(clean=clean)
            case events.ServiceAway():
                self._give_up()
            case events.UpstreamFull(full=full):
                self._upstream_full = full
            case events.ClientFull(full=full):
                if self.stage is _ACTIVE:
                    self._out.add(HoldUpstream(on=full))
            case events.RelayProgress(sent=sent, received=received):
                self.sent, self.received = sent, received

    # --- the upstream's side ---

    def _opened(self, *, kept: bool) -> None:
        """Send what is there of the request."""
        assert self.stage is _OPENING
        self.stage = _ACTIVE
        self.kept = kept
        self.opened_at = self._at
        forward, head = self.forward, self.head
        self._out.tell(write_request(head.method, forward.target or head.target, forward.headers))
        for one in self._waiting:
            self._out.tell(chunk(one) if self.head.chunked else one)
            self.buffered -= len(one)
        self._waiting = []
        if self.request_done and self.head.chunked:
            self._out.tell(last_chunk(self._trailers))

    def _not_opened(self, way: Way) -> None:
        """Explain why there is no way to the upstream."""
        self.reply = no_connection(self._rules, self.head, self.forward, way)
        self.stage = _OVER

    def _give_up(self) -> None:
        """Answer instead of waiting, unless something was begun that nobody else can end."""
        waits = self.stage is _OPENING or (self.stage is _ACTIVE and not self.status)
        if waits and self.head.replayable and not self.head.upgrade:
            self._out.add(Drop())
            self._not_opened(Way.AWAY)

    def _answered(self, data: bytes) -> None:
        """Take bytes of the response."""
        self._untouched = False
        for part in self._reader.feed(data):
            match part:
                case Body(data=piece):
                    self.sent += len(piece)
                    self.delivery.body(piece)
                case Answer(head=head):
                    self._begin(head)
                case End(trailers=trailers):
                    self._end(trailers, gone=False)
                case Rest(data=rest):
                    self._switch(rest)
                case Refused(why=why):
                    self._fail(f"The server behind this address sent a {why}.", gone=False)
            if self.stage is not _ACTIVE:
                return

    def _upstream_gone(self, *, clean: bool) -> None:
        """The connection to the upstream has ended."""
        if self.stage is not _ACTIVE:
            return
        if self._reader.ended(clean=clean):
            self._end([], gone=True)
        elif self.kept and self._untouched:
            self.kept = False
            self.retries += 1
            self._upstream_full = False
            self.stage = _OPENING
            self._out.add(Open(self.forward.upstream, kept=False, workspace=self._workspace))
        else:
            self._fail("The server behind this address closed the connection.", gone=True)

    # --- the response ---

    def _begin(self, head: ResponseHead) -> None:
        if head.status >= 200:
            self.status = head.status
            self.first_at = self._at
            self.closing = self.closing or not self.request_done
            self.delivery.begin(head, closing=self.closing)
            self.closing = self.closing or self.delivery.unframed
        elif head.status == 100:
            self.delivery.go_ahead()
        elif head.status == 101:
            asked = upgrade_of(self.head, user_code=self.forward.user_code)
            if not asked or not self.request_done or head.upgrade != asked.lower():
                self._fail("The server switched to a protocol nobody asked for.", gone=False)
            self.delivery.response = head

    def _end(self, trailers: Headers, *, gone: bool) -> None:
        self.delivery.end(trailers)
        if not gone:
            read = self.request_done and not self._upstream_full
            reusable = self.delivery.reusable and self._reader.clean and read
            self._out.add(Keep() if reusable else Drop())
        self.stage = _OVER

    def _switch(self, rest: bytes) -> None:
        response = self.delivery.response
        assert response is not None, "a switch has a head"
        self.status = 101
        self.first_at = self._at
        self.delivery.switch(response)
        early, self._early, self.buffered = b"".join(self._early), [], 0
        self._upstream_full = False
        self._out.add(Relay(to_client=rest, to_upstream=early))
        self.stage = _RELAY

    def _fail(self, cause: str, *, gone: bool) -> None:
        """Answer with the cause, or break off; `gone` when the upstream's connection is."""
        if not gone:
            self._out.add(Drop())
        rules, head = self._rules, self.head
        if self.status:
            self.broken = True
        elif gone:
            self.reply = broken_off(rules, head, self.forward, cause)
        else:
            self.reply = answers.bad_gateway(rules, head, self.forward.host, cause)
        self.stage = _OVER
