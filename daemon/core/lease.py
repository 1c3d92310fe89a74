"""Until when this node may run containers without hearing of the server. Pure.

Moments are seconds of this machine's clock since its start, the time that it slept included; the
server makes a grant out of a clock that this node has told, so one that comes late is
worth no more than when it was made. A node that was never granted anything goes on for ever.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lease:
    """The newest grant of this start of the machine."""

    boot: str
    until: float | None = None
    """None: nothing was ever granted."""

    def granted(self, boot: str, until: float) -> "Lease":
        """Return what counts after a grant; it never takes time away."""
        if boot != self.boot:
            return self
        return Lease(self.boot, until if self.until is None else max(self.until, until))

    def over(self, now: float) -> bool:
        """Tell whether no container may run."""
        return self.until is not None and now >= self.until


def parse_lease(text: str, boot: str) -> Lease:
    """Read what `spell_lease` wrote; one of an earlier start of the machine is over by now.

    Raises ValueError.
    """
    written, until = text.split()
    return Lease(boot, float(until) if written == boot else 0.0)


def spell_lease(lease: Lease) -> str:
    """Spell a lease for its file."""
    return f"{lease.boot} {lease.until or 0.0!r}\n"
