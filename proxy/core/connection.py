"""A client's connection: requests one after the other, each answered or passed on.

The shell tells what happens (`proxy.core.events`) and does what comes back
(`proxy.core.commands`), in order. `deadline` is when it wants a `Tick`, monotonic.

What a connection keeps is bounded: of the client one read's worth, of which nothing is
parsed before its turn, and what waits for an upstream; of the upstream nothing but an
unfinished head, since every byte is sent on at once, and the shell tells when the client
takes no more.
"""

from typing import Final

from proxy.core import answers, events
from proxy.core.commands import Command, Commands, Drop, HoldUpstream, NextTurn, OpenShare
from proxy.core.events import Answered, Event, Moment, OfExchange, OfPending, Received
from proxy.core.exchange import Exchange, Stage
from proxy.core.journal import Journal
from proxy.core.line import Line, State
from proxy.core.message import RequestHead
from proxy.core.parts import Asked, Body, End, Refused, RequestPart, Rest
from proxy.core.patience import Patience
from proxy.core.pending import Pending
from proxy.core.plans import Asker, Forward, Opening, Redemption, Turn, Wait, World
from proxy.core.replies import Reply
from proxy.core.routing import route
from proxy.core.waiting import waits_for

_RELAY: Final = Stage.RELAY
_OVER: Final = Stage.OVER
_CLOSED: Final = State.CLOSED
_ENDED: Final = State.ENDED


class Connection:
    """One client."""

    def __init__(self, world: World, asker: Asker, moment: Moment) -> None:
        self._world = world
        self._asker = asker
        self._out = Commands()
        self._line = Line(self._out, moment)
        self._exchange: Exchange | None = None
        self._pending: Pending | None = None
        self._journal = Journal(world.rules, asker, self._out)
        self._client_full = False

    @property
    def deadline(self) -> float:
        """When a `Tick` is wanted, monotonic."""
        return self._line.pace.deadline

    @property
    def buffered(self) -> int:
        """Bytes that are kept here."""
        exchange = self._exchange
        return self._line.reader.unread + (exchange.buffered if exchange is not None else 0)

    @property
    def forward(self) -> Forward | None:
        """What is passed on now."""
        return self._exchange.forward if self._exchange is not None else None

    @property
    def working(self) -> bool:
        """Whether a request is in work whose end can be waited for."""
        exchange = self._exchange
        return self._pending is not None or (exchange is not None and exchange.stage is not _RELAY)

    @property
    def waits_for(self) -> str:
        """The workspace whose route the request in work waits for; empty when it does not."""
        return self._pending.workspace if self._pending is not None else ""

    def handle(self, event: Event, moment: Moment) -> list[Command]:
        """Take an event; return what to do."""
        if self._line.state is _CLOSED:
            return [Drop()] if isinstance(event, events.Opened) else []
        self._line.turn = 0
        self._take(event, moment)
        self._advance(moment)
        self._settle(moment, moved=isinstance(event, (Received, Answered)))
        return self._out.take()

    def _take(self, event: Event, moment: Moment) -> None:
        exchange = self._exchange
        if isinstance(event, Received):
            self._line.receive(event.data)
        elif isinstance(event, OfExchange):
            if isinstance(event, events.ClientFull):
                self._client_full = event.full
            if exchange is not None:
                exchange.handle(event, moment.monotonic)
                if exchange.stage is _RELAY:
                    self._leave(exchange.forward)
            elif isinstance(event, events.Opened):
                self._out.add(Drop())
            if isinstance(event, events.Opened) and self._client_full:
                self._out.add(HoldUpstream(on=True))
        elif isinstance(event, OfPending):
            self._go_on(event, moment)
        else:
            self._happened(event, moment)

    def _happened(self, event: Event, moment: Moment) -> None:
        match event:
            case events.RelayEnded():
                self._end_exchange(moment)
                self._line.close()
            case events.ClientEnded():
                self._line.client_ended()
            case events.ClientGone():
                self._cut(moment, "client_gone")
                self._line.closed()
            case events.Revoked():
                self._cut(moment, "revoked")
                self._line.close(abort=True)
            case events.Draining():
                self._drain(moment)
            case events.Tick():
                self._tick(moment)

    # --- requests ---

    def _advance(self, moment: Moment) -> None:
        """Work through what was read, as far as the request in work allows."""
        reader = self._line.reader
        while True:
            exchange = self._exchange
            if exchange is not None and exchange.stage is _OVER:
                self._finish(exchange, moment)
                continue
            busy = exchange is not None or self._pending is not None
            if not self._line.readable or (busy and (reader.between or self._waits_whole)):
                return
            part = reader.take()
            if part is None:
                break
            self._part(part, exchange, moment)
        if self._line.state is _ENDED:
            self._nothing_follows(moment)

    def _part(self, part: RequestPart, exchange: Exchange | None, moment: Moment) -> None:
        """Take part of a request; bodies of requests that are answered already are dropped."""
        match part:
            case Asked(head=head):
                self._begin(head, moment)
            case Refused(status=status, why=why):
                self._refuse(status, why, moment)
            case Body(data=data) if exchange is not None:
                exchange.body(data)
            case End(trailers=trailers) if exchange is not None:
                exchange.request_ended(trailers)
            case Rest(data=data) if exchange is not None:
                exchange.early(data)
            case _:
                self._go_on(part, moment)

    def _begin(self, head: RequestHead, moment: Moment) -> None:
        self._journal.begin(moment)
        number = self._journal.number
        plan = route(self._world, head, self._asker, number, moment)
        match plan:
            case Forward():
                self._pass_on(head, plan)
            case Wait() | Redemption() | Opening() | Turn():
                self._pending = Pending(self._world, self._asker, number, head, plan)
                if self._pending.wants is not None:
                    self._out.add(self._pending.wants)
            case Reply():
                self._reply(head, plan, moment)

    def _pass_on(self, head: RequestHead, plan: Forward) -> None:
        self._exchange = Exchange(self._world.rules, head, plan, self._out)
        self._exchange.closing |= self._line.draining
        self._world.visitors.come(plan.visitor)
        self._world.turns.come(plan.turn)

    @property
    def _waits_whole(self) -> bool:
        """Whether the request that is pending waits with its body."""
        return self._pending is not None and self._pending.turn != ""

    def _go_on(self, happened: Event | RequestPart, moment: Moment) -> None:
        """Do what follows for the request that is pending, if there is one."""
        pending = self._pending
        made = pending.answer(happened, moment) if pending is not None else None
        if isinstance(made, OpenShare):
            self._out.add(made)
        elif pending is not None and made is not None:
            self._pending = None
            if isinstance(made, Forward):
                self._pass_on(pending.head, made)
            else:
                self._reply(pending.head, made, moment)

    def _reply(self, head: RequestHead, reply: Reply, moment: Moment) -> None:
        """Answer ourselves."""
        self._line.answer(head, reply, done=self._line.reader.skip_body())
        self._journal.end(head, moment, reply.status, len(reply.body), code=reply.code)

    def _refuse(self, status: int, why: str, moment: Moment) -> None:
        """Answer a stream that cannot be trusted, if there is anything left to answer."""
        exchange = self._exchange
        reply = answers.refused(status, why)
        self._line.reader.clear()
        if exchange is None:
            self._pending = None
            self._journal.begin(moment)
            self._reply(RequestHead("-", "-", "-", [], keep_alive=False), reply, moment)
            return
        exchange.cancel()
        if exchange.status:
            exchange.broken = True
        else:
            exchange.reply = reply

    def _finish(self, exchange: Exchange, moment: Moment) -> None:
        """Answer in the exchange's place where that is wanted, and see how to go on."""
        line, reply = self._line, exchange.reply
        if reply is not None:
            done = exchange.request_done or line.reader.skip_body()
            line.answer(exchange.head, reply, done=done)
            exchange.status, exchange.sent = reply.status, len(reply.body)
        elif exchange.broken:
            line.close(abort=exchange.delivery.unframed)
        elif not exchange.request_done:
            line.linger()
        elif exchange.closing:
            line.close()
        ended = "upstream_lost" if exchange.broken else ""
        self._end_exchange(moment, code=reply.code if reply else "", ended=ended)

    # --- ends ---

    def _end_exchange(self, moment: Moment, *, code: str = "", ended: str = "") -> None:
        exchange, self._exchange = self._exchange, None
        assert exchange is not None
        self._world.visitors.go(exchange.forward.visitor)
        self._leave(exchange.forward)
        self._journal.end_exchange(exchange, moment, code=code, ended=ended)

    def _leave(self, forward: Forward) -> None:
        """Give its place to whoever waits for one."""
        if self._world.turns.go(forward.turn):
            self._out.add(NextTurn(forward.turn))
        forward.turn = ""

    def _cut(self, moment: Moment, why: str) -> None:
        """Give up what is in work; the line's end is the caller's."""
        if self._exchange is not None:
            self._exchange.cancel()
            self._end_exchange(moment, ended=why)
        self._pending = None

    def _drain(self, moment: Moment) -> None:
        """Say with the next answer that it is the last; a tunnel has none, and ends."""
        self._line.draining = True
        exchange = self._exchange
        if exchange is not None and exchange.stage is _RELAY:
            self._cut(moment, "draining")
            self._line.close()
        elif exchange is not None:
            exchange.closing |= not exchange.status
        else:
            self._go_on(events.Draining(), moment)

    def _nothing_follows(self, moment: Moment) -> None:
        """What the client had sent before its end was worked through."""
        exchange = self._exchange
        if exchange is not None and exchange.request_done and not exchange.head.upgrade:
            return
        self._cut(moment, "client_gone")
        self._line.close()

    def _tick(self, moment: Moment) -> None:
        if moment.monotonic < self.deadline:
            return
        exchange = self._exchange
        match self._line.pace.patience:
            case Patience.CONTINUE if exchange is not None:
                exchange.delivery.go_ahead()
            case Patience.HEAD | Patience.BODY as late:
                self._refuse(408, f"the {late.name.lower()} did not arrive in time", moment)
            case Patience.ROUTE | Patience.TURN:
                self._go_on(events.Tick(), moment)
            case over:
                self._cut(moment, "draining" if over is Patience.LEAVING else "client_gone")
                self._line.close()

    def _settle(self, moment: Moment, *, moved: bool) -> None:
        """Hold or release the client, and set the next deadline."""
        line, exchange = self._line, self._exchange
        if line.state is _CLOSED:
            return
        busy = exchange is not None or self._pending is not None
        behind = busy and line.reader.unread > 0 and (line.reader.between or self._waits_whole)
        line.pace.hold(on=behind or (exchange is not None and exchange.wants_hold))
        line.pace.wait(waits_for(line, exchange, self._pending), moment, moved=moved)
