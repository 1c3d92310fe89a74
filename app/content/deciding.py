"""When a restore point is made. Pure.

Asked again and again with what the rows say. A point is wished for by a row; what a row
wishes for is tried for ever, with pauses. What has stopped is safe when a point was begun
after that stop, which is told by the start's number: a clock may jump.
"""

from dataclasses import dataclass
from enum import StrEnum

from wire.phases import Phase

_PAUSES = (15.0, 60.0, 120.0, 300.0, 600.0)
"""Seconds between attempts that fail."""


class Reason(StrEnum):
    """Why a point was made."""

    PERIODIC = "periodic"
    """Some minutes have passed while it ran."""
    STOP = "stop"
    ASKED = "asked"
    """Somebody wanted it."""
    DELETE = "delete"
    RESTORE = "restore"
    """Before its content is replaced by what another point holds."""
    ARCHIVE = "archive"
    """Before the node's copy is freed, though nothing has changed."""
    CHECK = "check"
    """What is stored is looked at from time to time, also while it is stopped."""
    FOUND = "found"
    """It was in the repository, and unknown here."""
    LEFT = "left"
    """What a node still had after the workspace had gone on elsewhere: beside it, not before it."""

    @property
    def words(self) -> str:
        """What people read."""
        return _WORDS[self]


_WORDS = {
    Reason.PERIODIC: "while it ran",
    Reason.STOP: "at the stop",
    Reason.ASKED: "asked for",
    Reason.DELETE: "before it was deleted",
    Reason.RESTORE: "before a restore",
    Reason.ARCHIVE: "before it was archived",
    Reason.CHECK: "at a check",
    Reason.FOUND: "found on the node",
    Reason.LEFT: "left behind on a node that it has moved away from",
}


class State(StrEnum):
    """Where the row of a point stands."""

    WANTED = "wanted"
    WORKING = "working"
    FAILED = "failed"
    """It is tried again."""
    DONE = "done"
    LEAVING = "leaving"
    """To be forgotten by the node, then here."""


OPEN = frozenset({State.WANTED, State.WORKING, State.FAILED})
"""States in which a point is still to be made."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision about one workspace needs."""

    phase: Phase
    phase_since: float
    backed_up_at: float | None
    safe: bool = False
    """It has stopped, and everything in it is in a point."""
    deleting: bool = False
    restoring: bool = False
    archiving: bool = False


def due(facts: Facts, every: float, now: float, check: float = 0.0) -> Reason | None:
    """Return why a point is to be made now, for a workspace that has content and no open point.

    `every` is in seconds, and so is `check`: a node that is asked for a point looks at what is
    stored. 0 is never.
    """
    if facts.phase in {Phase.INITIALIZING, Phase.RUNNING}:
        since = facts.phase_since if facts.backed_up_at is None else facts.backed_up_at
        # A moment that is still to come is one of a clock that was set back.
        return Reason.PERIODIC if not 0 <= now - since < every else None
    if facts.phase is not Phase.STOPPED:
        return None
    if facts.safe and facts.archiving:
        return None  # its tree goes now
    if facts.safe:
        since = now - (facts.backed_up_at or 0.0)
        return Reason.CHECK if check and not 0 <= since < check else None
    if facts.deleting:
        return Reason.DELETE
    if facts.archiving:
        return Reason.ARCHIVE
    return Reason.RESTORE if facts.restoring else Reason.STOP


def pause(tries: int) -> float:
    """Return the seconds until the next attempt after so many that failed."""
    return _PAUSES[min(max(tries, 1), len(_PAUSES)) - 1]
