"""What a client's connection waits for, by what is in work on it."""

from typing import Final

from proxy.core.exchange import Exchange, Stage
from proxy.core.line import Line, State
from proxy.core.patience import Patience
from proxy.core.pending import Pending

_RELAY: Final = Stage.RELAY
_ENDED: Final = State.ENDED


def waits_for(line: Line, exchange: Exchange | None, pending: Pending | None) -> Patience:
    """Return how long nothing may happen."""
    if line.state is State.LINGERING:
        return Patience.LINGER
    if line.state is _ENDED:
        return Patience.ENDED
    if exchange is not None and exchange.stage is _RELAY and line.draining:
        return Patience.LEAVING
    if exchange is not None:
        if exchange.awaits_continue:
            return Patience.CONTINUE
        waits = not exchange.request_done and not line.pace.held
        return Patience.BODY if waits else Patience.NOTHING
    if pending is not None:
        return pending.patience
    quiet = Patience.LEAVING if line.draining else Patience.IDLE
    return Patience.HEAD if line.reader.inside_head else quiet
