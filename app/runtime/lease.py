"""How long a node may go on without the server. Pure.

A node that nobody reaches goes on running what it runs. Before a workspace may start elsewhere
it has to have stopped by itself. So the server grants time: `until` is a moment of the node's own
clock, made of the newest clock that the node has told, plus the lease. A grant that arrives
late, twice or out of order is worth what it was worth when it was made.

The server waits from the moment at which it took in that clock: the node's was read before, so
the node's time is over first, as long as the two clocks run at about the same pace. A server that
has just begun does not know what was granted by the one before, and waits from its beginning.
Both clocks are monotonic, and the node's counts the time that its machine sleeps.
"""

from dataclasses import dataclass

DRIFT = 0.01
"""Of the lease: by so much the two clocks may differ in pace."""
MARGIN = 5.0
"""Seconds more that the server waits: the node needs a moment to kill."""


@dataclass(frozen=True, slots=True)
class NodeClock:
    """A moment of a node's clock, which begins anew with each start of its machine."""

    boot: str
    at: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the server knows of one node; moments are the server's monotonic ones."""

    length: float
    """Seconds of a grant."""
    since: float
    """When the clock below was taken in; the server's beginning at first."""
    clock: NodeClock | None = None
    """The node's, as it was told last."""
    longest: float = 0.0
    """Seconds that the node has still: an earlier server may have granted more at once."""

    @property
    def grant(self) -> NodeClock | None:
        """Until when the node may go on; None asks for its clock alone."""
        if self.clock is None:
            return None
        return NodeClock(self.clock.boot, self.clock.at + self.length)

    def told(self, clock: NodeClock, now: float, until: float = 0.0) -> "Held":
        """Return what is known after an answer; calls to one node come one after the other.

        `until` is the newest grant that the node has, a moment of its clock.
        """
        return Held(self.length, now, clock, max(0.0, until - clock.at))

    @property
    def gone_at(self) -> float:
        """Return from when on the node has stopped by itself, unless it answers again."""
        return self.since + max(self.length, self.longest) * (1 + DRIFT) + MARGIN

    def gone(self, now: float) -> bool:
        """Tell whether nothing that was granted can still count."""
        return now >= self.gone_at
