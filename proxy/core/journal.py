"""Counts a connection's requests and writes down how each has ended."""

from proxy.core.commands import Commands, Log
from proxy.core.events import Moment
from proxy.core.exchange import Exchange
from proxy.core.kinds import kind_of_forward, kind_of_reply
from proxy.core.message import RequestHead
from proxy.core.plans import Asker
from proxy.core.record import Record
from proxy.core.redaction import SHOWN, shown_target
from proxy.core.rules import Rules
from wire.routes import NodeTarget

_WORD = 20
"""Characters of a header's value of which a word is expected."""


class Journal:
    """Adds a `Log` to the commands for each request."""

    def __init__(self, rules: Rules, asker: Asker, out: Commands) -> None:
        self.number = 0
        self._rules = rules
        self._asker = asker
        self._out = out
        self._began = 0.0

    def begin(self, moment: Moment) -> None:
        """Another request has come."""
        self.number += 1
        self._began = moment.monotonic

    def end(
        self, head: RequestHead, moment: Moment, status: int, sent: int, *, code: str = ""
    ) -> None:
        """Write down a request that was answered here; `code` of the answer."""
        kind, workspace = kind_of_reply(self._rules, head)
        self._out.add(Log(self._record(head, moment, status, sent, kind, workspace, code)))

    def end_exchange(
        self, exchange: Exchange, moment: Moment, *, code: str = "", ended: str = ""
    ) -> None:
        """Write down a request that was passed on; `ended` when it was cut short."""
        forward, host = exchange.forward, exchange.forward.host
        workspace = host.workspace if host is not None else ""
        record = self._record(
            exchange.head,
            moment,
            exchange.status,
            exchange.sent,
            kind_of_forward(forward),
            workspace,
            code,
        )
        target, access = forward.upstream.target, forward.access
        record.instance = target.instance if isinstance(target, NodeTarget) else ""
        record.port = forward.upstream.port
        if access is not None and access.grant is not None:
            record.user = access.grant.user
        elif access is not None and access.share is not None:
            record.share = access.share.share
        if exchange.first_at:
            record.first = rounded(exchange.first_at - self._began, 10_000.0)
            record.upstream = rounded(exchange.first_at - exchange.opened_at, 10_000.0)
        record.received = exchange.received
        record.kept = exchange.kept
        record.retries = exchange.retries
        record.ended = ended
        self._out.add(Log(record))

    def _record(
        self,
        head: RequestHead,
        moment: Moment,
        status: int,
        sent: int,
        kind: str,
        workspace: str,
        code: str,
    ) -> Record:
        return Record(
            event="request",
            timestamp=rounded(moment.now, 1000.0),
            process="proxy",
            request=self._asker.request_id(self.number),
            client=self._asker.peer,
            method=head.method,
            host=head.authority[:SHOWN],
            target=shown_target(head.target),
            status=status,
            sent=sent,
            seconds=rounded(moment.monotonic - self._began, 10_000.0),
            kind=kind,
            workspace=workspace,
            upgrade=head.upgrade[:_WORD],
            fetch=head.get(b"sec-fetch-mode")[:_WORD],
            code=code,
        )


def rounded(seconds: float, parts: float) -> float:
    """Return the time to the next of so many parts of a second; `round` reads and writes digits."""
    return float(int(seconds * parts + 0.5)) / parts
