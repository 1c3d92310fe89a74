"""The lease of a fake runtime, on a clock of its own."""

from app.runtime.fake import FakeRuntime
from app.runtime.lease import NodeClock
from app.runtime.nodes import Answer
from app.runtime.port import Refused
from kit.clock import Clock


class FakeLease:
    """Takes grants in; `enforce` does what a node does by itself when its time is over."""

    def __init__(self, node: FakeRuntime, clock: Clock) -> None:
        self._node = node
        self._clock = clock
        self.boot = "boot-1"
        self.free = 100 << 30
        self.until: float | None = None
        self.refuses = False
        """It is of a version that knows no grants."""

    async def hold(self, until: NodeClock | None) -> Answer:
        self._node.reach("hold", "" if until is None else f"{until.at:.0f}")
        if self.refuses:
            raise Refused("unimplemented: Method not found!")
        if until is not None and until.boot == self.boot:
            self.until = max(self.until or 0.0, until.at)
        return Answer(NodeClock(self.boot, self._clock.monotonic()), self.free, self.until or 0.0)

    def enforce(self) -> bool:
        """End every container if the time is over; tells whether it was."""
        over = self.until is not None and self._clock.monotonic() >= self.until
        if over:
            for instance in list(self._node.containers):
                self._node.kill(instance)
        return over
