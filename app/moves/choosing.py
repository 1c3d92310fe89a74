"""Where a workspace may go. Pure.

A new one goes where there is least; one that has files stays where they are, and is asked about
here only when it cannot.
"""

from collections.abc import Iterable
from dataclasses import dataclass

FULL = 2 << 30
"""Bytes: with less free than these on its disk, a node gets no more workspaces."""


_HOLDS = "still has what is left of it, which is saved first"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A node, as far as a choice needs it; given in the order in which equals are taken."""

    name: str
    answers: bool
    draining: bool = False
    free: int | None = None
    """Bytes; None while they are not known, which is no reason against it."""
    running: int = 0
    """Containers."""

    @property
    def full(self) -> bool:
        """Whether there is no room for another workspace."""
        return self.free is not None and self.free < FULL

    @property
    def takes(self) -> bool:
        """Whether it may get a workspace now."""
        return self.answers and not self.draining and not self.full

    @property
    def why_not(self) -> str:
        """Why it may not, in words; empty when it may."""
        if not self.answers:
            return "does not answer"
        if self.draining:
            return "is being emptied"
        return "has no room" if self.full else ""


def choose(candidates: Iterable[Candidate], but: Iterable[str] = ()) -> str | None:
    """Return the node that gets a workspace, none of `but`; None when there is none."""
    left_out = set(but)
    fit = [one for one in candidates if one.takes and one.name not in left_out]
    return min(fit, key=lambda one: one.running).name if fit else None


def why_none(
    candidates: Iterable[Candidate], but: Iterable[str] = (), holding: Iterable[str] = ()
) -> str:
    """Return why no node takes it, as a sentence; `holding` are those that had it before."""
    left_out, had = set(but), set(holding)
    told = [
        f"{one.name} {one.why_not or _HOLDS if one.name in had else one.why_not}"
        for one in candidates
        if one.name not in left_out
    ]
    return f"No other node takes it: {', '.join(told)}." if told else "There is no other node."
