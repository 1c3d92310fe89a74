"""The client's side of a connection: our own answers on it, and how it ends."""

from enum import Enum
from typing import Final

from proxy.core.commands import Abort, Close, Commands, HalfClose
from proxy.core.events import Moment
from proxy.core.message import RequestHead
from proxy.core.pace import Pace
from proxy.core.replies import Reply, write_reply
from proxy.core.requests import RequestReader

MOST_AT_ONCE = 32
"""Requests answered in one turn; who pipelines more is cut off."""


class State(Enum):
    """What becomes of bytes from the client."""

    OPEN = 1
    ENDED = 2
    """There come no more: what is in work is answered, as long as it moves."""
    LINGERING = 3
    """Answered before the request was whole: the rest is read and forgotten."""
    CLOSED = 4


# constants, since each look at an enumeration is a search
_OPEN: Final = State.OPEN
_ENDED: Final = State.ENDED


class Line:
    """Reads the client's requests, writes what is said in an upstream's place."""

    def __init__(self, out: Commands, moment: Moment) -> None:
        self.state = State.OPEN
        self.reader = RequestReader()
        self.pace = Pace(out, moment)
        self.turn = 0
        """Own answers to one event."""
        self.draining = False
        self._out = out

    @property
    def readable(self) -> bool:
        """Whether requests that have come are still worked on."""
        return self.state is _OPEN or self.state is _ENDED

    def receive(self, data: bytes) -> None:
        """Take bytes from the client."""
        if self.state is _OPEN:
            self.reader.feed(data)

    def client_ended(self) -> None:
        """No more bytes come."""
        if self.state is State.OPEN:
            self.state = State.ENDED
        else:
            self.close()

    def answer(self, head: RequestHead, reply: Reply, *, done: bool) -> None:
        """Send an answer of our own; the connection goes on when the request was read whole."""
        self.turn += 1
        closing = not head.keep_alive or bool(head.upgrade) or self.draining
        closing = closing or not done or self.turn > MOST_AT_ONCE
        self._out.send(write_reply(reply, closing=closing, body=head.method != "HEAD"))
        if not done:
            self.linger()
        elif closing:
            self.close()

    def linger(self) -> None:
        """Read on for a moment: a reset would destroy the answer before it is seen."""
        if self.state is State.ENDED:
            self.close()
            return
        self._out.add(HalfClose())
        self.state = State.LINGERING
        self.reader.clear()

    def close(self, *, abort: bool = False) -> None:
        """Close it: after everything was sent, or at once."""
        self._out.add(Abort() if abort else Close())
        self.closed()

    def closed(self) -> None:
        """It is closed."""
        self.state = State.CLOSED
        self.reader.clear()
        self.pace.stop()
