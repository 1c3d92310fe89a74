"""When a client has to stop sending, and how long it is waited for."""

from typing import Final

from proxy.core.commands import Commands, HoldClient
from proxy.core.events import Moment
from proxy.core.patience import Patience

_SECONDS: Final = {one.name: one.seconds for one in Patience}
_BODY: Final = Patience.BODY
_ENDED: Final = Patience.ENDED


class Pace:
    """Of one client's connection. `deadline` is when it wants a `Tick`, monotonic."""

    def __init__(self, out: Commands, moment: Moment) -> None:
        self.held = False
        """Whether the client is not read from at the moment."""
        self.patience = Patience.IDLE
        self.deadline = moment.monotonic + Patience.IDLE.seconds
        self._out = out

    def hold(self, *, on: bool) -> None:
        """Stop to read from the client, or go on."""
        if on is not self.held:
            self.held = on
            self._out.add(HoldClient(on=on))

    def wait(self, patience: Patience, moment: Moment, *, moved: bool) -> None:
        """Wait for something from now on; `moved` tells that bytes have come."""
        if patience is self.patience and not (moved and (patience is _BODY or patience is _ENDED)):
            return  # those two begin anew whenever bytes come, from either side
        self.patience = patience
        self.deadline = moment.monotonic + _SECONDS[patience.name]

    def stop(self) -> None:
        """Wait for nothing any more."""
        self.deadline = float("inf")
