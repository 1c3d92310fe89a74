"""One node, as the server sees it."""

import asyncio
from dataclasses import dataclass, field

from app.db.nodes import LOST
from app.moves.choosing import Candidate
from app.runtime.lease import Held
from app.runtime.loop import Reconciler
from app.runtime.nodes import Lease
from app.runtime.port import Content, Refused, Runtime, Unreachable


@dataclass(slots=True)
class Node:
    """One node."""

    name: str
    runtime: Runtime
    content: Content
    lease: Lease | None
    reconciler: Reconciler
    address: str = ""
    """Socket of its daemon; empty for the local one."""
    held: Held | None = None
    """None for the local one: nobody waits for that."""
    free: int | None = None
    draining: bool = False
    returning: bool = False
    """It answers again, and is being told what has moved meanwhile."""
    granted: float | None = None
    """As its row says; None as long as it may run something without a lease."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Of whoever grants it time, or takes it for lost: never both at once."""
    seen: float | None = None
    """Moment of its last answer, for people."""

    @property
    def candidate(self) -> Candidate:
        """What a choice needs of it."""
        seen = self.reconciler.observed()
        return Candidate(
            name=self.name,
            answers=seen is not None,
            draining=self.draining,
            free=self.free,
            running=len(seen.containers) if seen is not None else 0,
        )

    @property
    def lost(self) -> bool:
        """Tell whether somebody has said so, and it has not answered since."""
        return self.granted == LOST

    async def reached(self) -> bool:
        """Tell whether it is there, asking it now; a refusal is an answer too."""
        if self.reconciler.observed() is not None:
            return True
        try:
            if self.lease is not None:
                await self.lease.hold(None)
        except Unreachable:
            return False
        except Refused:
            pass
        return True
