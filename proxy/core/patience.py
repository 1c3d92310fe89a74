"""How long the proxy waits for what, in seconds.

Nothing limits how long an upstream may think, since a breakpoint is no fault, nor how
long a stream of events or a tunnel may be silent, nor how slowly a client takes what it
asked for: dead peers are found by TCP keepalive instead, and what waits is bounded.
"""

from enum import Enum


class Patience(Enum):
    """What a client's connection waits for, and for how long."""

    IDLE = 75.0
    """Another request."""
    HEAD = 20.0
    """The rest of a head."""
    BODY = 120.0
    """More of a body."""
    CONTINUE = 1.0
    """An upstream's `100 Continue`: then the client is told to go on, since many never send one."""
    ENDED = 3.0
    """The next byte of an answer for a client that has ended its side. Who is gone and who has
    only said all that it had to say look the same."""
    ROUTE = 25.0
    """A workspace to start, for a page that is shown until then."""
    TURN = 30.0
    """Its turn at a service, behind other requests of the same address."""
    LEAVING = 1.5
    """A request that is on its way to a proxy that is about to end, or a tunnel's first words."""
    LINGER = 2.0
    """The client to notice that its request is not read any further."""
    NOTHING = float("inf")

    @property
    def seconds(self) -> float:
        """Time until a Tick."""
        return float(self.value)


GREETING = 5.0
"""The greeting of a connection that comes out of a workspace."""
KEPT_UPSTREAM = 4.0
"""An unused upstream connection; less than the 5 s after which uvicorn and Node close theirs."""
KEPT_PER_UPSTREAM = 32
DRAIN = 4.0
"""Requests in work after SIGTERM, when nobody else serves."""
BUFFERED_BODY = 65_536
"""Bytes of a request's body that wait for an upstream before the client is held."""
