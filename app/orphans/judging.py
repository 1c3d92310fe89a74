"""What something on a node's disk is, seen from the database. Pure.

A row of a workspace is never removed from its table: a deleted one stays as its own gravestone.
So what has no row was made before this database knew of it, or by another one. It may be all
that is left of somebody's work, since the database may have come out of an older backup; no time
makes it nobody's. Nobody's is what a gravestone names, once it can be restored no longer.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.runtime.holdings import Held, Kind

REST = 30 * 86_400.0
"""Seconds after a restore of the database in which nothing counts as nobody's: what has happened
since that backup was made is known to people at most."""


class Fate(StrEnum):
    """What it is."""

    WANTED = "wanted"
    """A row asks for it, or is about to see to it."""
    STRANGER = "stranger"
    """No row knows of it, or it was used after what its row says: people decide."""
    LEFT = "left"
    """Its workspace is deleted; it goes when its time has come."""
    NOBODYS = "nobodys"
    """Its workspace is deleted for good: it may go."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says of a name; a name that it does not know has no such value."""

    deleted_at: float | None = None
    content: bool = True
    """Whether there should be a tree."""
    points: bool = True
    """Whether there should be restore points: their key is there."""
    node: str | None = None
    """Of a snapshot: where it is; None for what may be anywhere."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts for all of them; times in seconds."""

    keep_deleted: float
    """For how long a deleted workspace can be restored."""
    keep_orphans: float | None
    """How much longer what is nobody's stays; None: until people remove it."""
    restored_at: float | None = None
    """When the database came out of a backup."""


def due(held: Held, known: Known | None, terms: Terms) -> float | None:
    """Return the moment from which on it may go by itself; None: it never does."""
    if known is None or known.deleted_at is None or held.kind is Kind.FROZEN:
        return None
    if (held.kind is Kind.TREE and known.content) or (held.kind is Kind.POINTS and known.points):
        return None
    if terms.keep_orphans is None or _used_since(held, known.deleted_at, terms):
        return None
    over = known.deleted_at + terms.keep_deleted + terms.keep_orphans
    return over if terms.restored_at is None else max(over, terms.restored_at + REST)


def judge(held: Held, known: Known | None, terms: Terms, now: float) -> Fate:
    """Return what it is."""
    if known is None or (known.node is not None and held.node != known.node):
        return Fate.STRANGER
    expected = {Kind.TREE: known.content, Kind.POINTS: known.points, Kind.FROZEN: True}
    if known.deleted_at is None or expected[held.kind]:
        return Fate.WANTED
    if _used_since(held, known.deleted_at, terms):
        return Fate.STRANGER
    at = due(held, known, terms)
    return Fate.NOBODYS if at is not None and now >= at else Fate.LEFT


def _used_since(held: Held, deleted_at: float, terms: Terms) -> bool:
    """Tell whether it was used after the database thinks that it could be.

    What waits for its last point is used after the deletion, and gone within the time for which
    that point can be restored. A database out of a backup may not know that a deletion was undone.
    """
    unknown = terms.restored_at is not None and deleted_at < held.touched <= terms.restored_at
    return unknown or held.touched > deleted_at + terms.keep_deleted
