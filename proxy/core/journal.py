"""Counts a connection's requests and writes down how each has ended."""

from proxy.core.commands import Commands, Log
from proxy.core.events import Moment
from proxy.core.message import RequestHead
from proxy.core.plans import Asker, Forward
from proxy.core.record import record_of


class Journal:
    """Adds a `Log` to the commands for each request."""

    def __init__(self, asker: Asker, out: Commands) -> None:
        self.number = 0
        self._asker = asker
        self._out = out
        self._began = 0.0

    def begin(self, moment: Moment) -> None:
        """Another request has come."""
        self.number += 1
        self._began = moment.monotonic

    def end(
        self,
        head: RequestHead,
        moment: Moment,
        status: int,
        sent: int,
        *,
        code: str = "",
        ended: str = "",
        forward: Forward | None = None,
    ) -> None:
        """Write down its end; `code` of our own answer, `ended` when it was cut short."""
        host = forward.host if forward is not None else None
        record = record_of(
            head,
            request=self._asker.request_id(self.number),
            client=self._asker.peer,
            at=moment.now,
            seconds=moment.monotonic - self._began,
            status=status,
            sent=sent,
            workspace=host.workspace if host is not None else "",
            port=forward.upstream.port if forward is not None else 0,
            code=code,
            ended=ended,
        )
        self._out.add(Log(record))
