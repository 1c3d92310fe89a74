"""A client's connection: requests one after the other, each answered or passed on.

The shell tells what happens (`proxy.core.events`) and does what comes back
(`proxy.core.commands`), in order. `deadline` is when it wants a `Tick`, monotonic.
"""

from proxy.core import answers, events
from proxy.core.commands import (
    Abort,
    Await,
    Close,
    Command,
    Commands,
    Drop,
    HalfClose,
    HoldClient,
    HoldUpstream,
    Redeem,
)
from proxy.core.events import Event, Moment
from proxy.core.exchange import Exchange, Stage
from proxy.core.inbox import Inbox, State
from proxy.core.journal import Journal
from proxy.core.message import RequestHead
from proxy.core.parts import Asked, Body, End, Refused, Rest
from proxy.core.patience import Patience
from proxy.core.pending import Pending
from proxy.core.plans import Asker, Forward, Redemption, Wait, World
from proxy.core.replies import Reply, write_reply
from proxy.core.routing import route

MOST_AT_ONCE = 32
"""Requests answered in one turn; who pipelines more is cut off."""


class Connection:
    """One client."""

    def __init__(self, world: World, asker: Asker, moment: Moment) -> None:
        self._world = world
        self._asker = asker
        self._inbox = Inbox()
        self._out = Commands()
        self._exchange: Exchange | None = None
        self._pending: Pending | None = None
        self._state = State.OPEN
        self._turn = 0
        self._journal = Journal(world.rules, asker, self._out)
        self._held = False
        self._client_full = False
        self._draining = False
        self._patience = Patience.IDLE
        self.deadline = moment.monotonic + Patience.IDLE.seconds

    @property
    def forward(self) -> Forward | None:
        """What is passed on now."""
        return self._exchange.forward if self._exchange is not None else None

    @property
    def working(self) -> bool:
        """Whether a request is in work whose end can be waited for."""
        exchange = self._exchange
        return self._pending is not None or (
            exchange is not None and exchange.stage is not Stage.RELAY
        )

    @property
    def waits_for(self) -> str:
        """The workspace whose route the request in work waits for; empty when it does not."""
        return self._pending.workspace if self._pending is not None else ""

    def handle(self, event: Event, moment: Moment) -> list[Command]:
        """Take an event; return what to do."""
        if self._state is State.CLOSED:
            return [Drop()] if isinstance(event, events.Opened) else []
        self._turn = 0
        self._take(event, moment)
        self._advance(moment)
        self._settle(moment, came=isinstance(event, events.Received))
        return self._out.take()

    def _take(self, event: Event, moment: Moment) -> None:
        exchange = self._exchange
        if isinstance(event, events.Received):
            if self._state is State.OPEN:
                self._inbox.feed(event.data)
        elif isinstance(event, events.OfExchange):
            if isinstance(event, events.ClientFull):
                self._client_full = event.full
            if exchange is not None:
                exchange.handle(event, moment.monotonic)
            elif isinstance(event, events.Opened):
                self._out.add(Drop())
            if isinstance(event, events.Opened) and self._client_full:
                self._out.add(HoldUpstream(on=True))
        else:
            self._happened(event, moment)

    def _happened(self, event: Event, moment: Moment) -> None:
        match event:
            case events.Redeemed() | events.NotRedeemed() | events.Rerouted():
                self._go_on(event, moment)
            case events.RelayEnded():
                self._end_exchange(moment)
                self._close()
            case events.ClientGone():
                self._cut(moment, "client_gone")
            case events.Revoked():
                self._cut(moment, "revoked")
                self._out.add(Abort())
            case events.Draining():
                self._drain(moment)
            case events.Tick():
                self._tick(moment)

    # --- requests ---

    def _advance(self, moment: Moment) -> None:
        """Work through what was read, as far as the request in work allows."""
        while True:
            exchange = self._exchange
            if exchange is not None and exchange.stage is Stage.OVER:
                self._finish(exchange, moment)
                continue
            if not self._inbox or self._state is not State.OPEN:
                return
            busy = exchange is not None or self._pending is not None
            if busy and self._inbox.next_is_request:
                return
            match self._inbox.take():
                case Asked(head=head):
                    self._begin(head, moment)
                case Body(data=data) if exchange is not None:
                    exchange.body(data)
                case End() if exchange is not None:
                    exchange.request_ended()
                case Rest(data=data) if exchange is not None:
                    exchange.early(data)
                case Refused(status=status, why=why):
                    self._refuse(status, why, moment)
                case _:
                    continue

    def _begin(self, head: RequestHead, moment: Moment) -> None:
        self._journal.begin(moment)
        number = self._journal.number
        plan = route(self._world, head, self._asker, number, moment)
        match plan:
            case Forward():
                self._exchange = Exchange(self._world.rules, head, plan, self._out)
            case Wait() | Redemption():
                self._pending = Pending(self._world, self._asker, number, head, plan)
                if isinstance(plan, Wait):
                    self._out.add(Await(plan.workspace))
                else:
                    authority = self._world.rules.origin_of(plan.host).partition("//")[2]
                    self._out.add(Redeem(plan.code, plan.nonce, authority))
            case Reply():
                self._write(head, plan, done=self._inbox.skip_body())
                self._journal.end(head, moment, plan.status, len(plan.body), code=plan.code)

    def _go_on(self, event: Event, moment: Moment) -> None:
        """Answer the request that is pending if what has happened allows it."""
        pending = self._pending
        reply = pending.answer(event, moment) if pending is not None else None
        if pending is None or reply is None:
            return
        self._pending, head = None, pending.head
        self._write(head, reply, done=self._inbox.skip_body() or not head.has_body)
        self._journal.end(head, moment, reply.status, len(reply.body), code=reply.code)

    def _refuse(self, status: int, why: str, moment: Moment) -> None:
        """Answer a stream that cannot be trusted, if there is anything left to answer."""
        exchange = self._exchange
        reply = answers.refused(status, why)
        if exchange is None:
            head = RequestHead("-", "-", "-", [], keep_alive=False)
            self._journal.begin(moment)
            self._write(head, reply, done=False)
            self._journal.end(head, moment, reply.status, len(reply.body), code=reply.code)
            return
        exchange.cancel()
        if exchange.status:
            exchange.broken = True
        else:
            exchange.reply = reply

    def _finish(self, exchange: Exchange, moment: Moment) -> None:
        """Answer in the exchange's place where that is wanted, and see how to go on."""
        ended = "upstream_lost" if exchange.broken else ""
        reply = exchange.reply
        if reply is not None:
            done = exchange.request_done or self._inbox.skip_body()
            self._write(exchange.head, reply, done=done)
            exchange.status, exchange.sent = reply.status, len(reply.body)
        elif exchange.broken:
            self._close(abort=exchange.unframed)
        elif not exchange.request_done:
            self._linger()
        elif exchange.closing or self._draining:
            self._close()
        self._end_exchange(moment, code=reply.code if reply else "", ended=ended)

    def _write(self, head: RequestHead, reply: Reply, *, done: bool) -> None:
        """Send an answer of our own; the connection goes on when the request was read whole."""
        self._turn += 1
        closing = not head.keep_alive or bool(head.upgrade) or self._draining
        closing = closing or not done or self._turn > MOST_AT_ONCE
        self._out.send(write_reply(reply, closing=closing, body=head.method != "HEAD"))
        if not done:
            self._linger()
        elif closing:
            self._close()

    # --- ends ---

    def _end_exchange(self, moment: Moment, *, code: str = "", ended: str = "") -> None:
        exchange, self._exchange = self._exchange, None
        assert exchange is not None
        self._journal.end_exchange(exchange, moment, code=code, ended=ended)

    def _cut(self, moment: Moment, why: str) -> None:
        if self._exchange is not None:
            self._exchange.cancel()
            self._end_exchange(moment, ended=why)
        self._pending = None
        self._closed()

    def _drain(self, moment: Moment) -> None:
        self._draining = True
        exchange = self._exchange
        if exchange is not None and exchange.stage is Stage.RELAY:
            self._cut(moment, "draining")
            self._out.add(Close())
        elif exchange is not None:
            exchange.closing = True
        elif self._pending is None:
            self._close()
        else:
            self._go_on(events.Draining(), moment)

    def _tick(self, moment: Moment) -> None:
        if moment.monotonic < self.deadline:
            return
        exchange = self._exchange
        if self._patience is Patience.HEAD and exchange is None:
            self._refuse(408, "the head did not arrive in time", moment)
        elif exchange is not None:
            self._refuse(408, "the body did not arrive in time", moment)
        elif self._pending is not None:
            self._go_on(events.Tick(), moment)
        else:
            self._close()

    def _close(self, *, abort: bool = False) -> None:
        self._out.add(Abort() if abort else Close())
        self._closed()

    def _closed(self) -> None:
        self._state = State.CLOSED
        self._inbox.clear()
        self.deadline = float("inf")

    def _linger(self) -> None:
        """Read on for a moment: a reset would destroy the answer before it is seen."""
        self._out.add(HalfClose())
        self._state = State.LINGERING
        self._inbox.clear()

    # --- waiting ---

    def _settle(self, moment: Moment, *, came: bool) -> None:
        """Hold or release the client, and set the next deadline."""
        if self._state is State.CLOSED:
            return
        exchange = self._exchange
        hold = bool(self._inbox) or (exchange is not None and exchange.wants_hold)
        if hold is not self._held:
            self._held = hold
            self._out.add(HoldClient(on=hold))
        patience = self._waits_for()
        if patience is not self._patience or (came and patience is Patience.BODY):
            self._patience = patience
            self.deadline = moment.monotonic + patience.seconds

    def _waits_for(self) -> Patience:
        if self._state is State.LINGERING:
            return Patience.LINGER
        exchange = self._exchange
        if exchange is not None:
            waits = not exchange.request_done and not self._held
            return Patience.BODY if waits else Patience.NOTHING
        if self._pending is not None:
            return Patience.ROUTE if self.waits_for else Patience.NOTHING
        return Patience.HEAD if self._inbox.inside_head else Patience.IDLE
