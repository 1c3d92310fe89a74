"""Who is connected from where, and who gives way when there is room for no more. Pure.

Descriptors and memory are everybody's. When a worker has as many connections as it may, those go
of whoever has most of them, and of these what is worth least, the oldest first. So a flood from
few addresses pushes out itself, and one from many what nobody uses; a person's open editor stays.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Generic, TypeVar

from proxy.core.visitors import customer

AT_ONCE = 16
"""Part (1/16) of all that gives way at a time, since it takes a look at everybody."""


class Worth(IntEnum):
    """What would be lost with a connection."""

    NOTHING = 0
    """Nothing is in work: a handshake, half a head, what is kept for the next request."""
    STRANGER = 1
    """Something is in work of which nobody has said whose it is."""
    PERSON = 2
    """A request or a tunnel of somebody with a grant; never gives way."""


Member = TypeVar("Member")


class Crowd(Generic[Member]):
    """Members by address, at most so many; `worth` tells what one is worth now."""

    def __init__(self, most: int, worth: Callable[[Member], Worth]) -> None:
        self._most = most
        self._worth = worth
        self._address: dict[Member, str] = {}
        self._of: dict[str, dict[Member, None]] = {}
        self.gone = 0
        """Members that had to give way."""

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._address)

    def join(self, member: Member, address: str) -> list[Member]:
        """Take a member in; return those who give way, who may be the newcomer alone."""
        who = customer(address)
        self._address[member] = who
        self._of.setdefault(who, {})[member] = None
        if len(self._address) <= self._most:
            return []
        leaving = self._least(member) or [member]
        for one in leaving:
            self.leave(one)
        self.gone += len(leaving)
        return leaving

    def leave(self, member: Member) -> None:
        """Forget a member; who has given way is forgotten already."""
        who = self._address.pop(member, None)
        if who is None:
            return
        theirs = self._of[who]
        del theirs[member]
        if not theirs:
            del self._of[who]

    def _least(self, newcomer: Member) -> list[Member]:
        """Return who gives way for a newcomer: of the largest groups what is worth least."""
        wanted = max(1, self._most // AT_ONCE)
        found: list[Member] = []
        for group in sorted(self._of.values(), key=len, reverse=True):
            rated = [(self._worth(one), one) for one in group if one is not newcomer]
            spare = [one for one in rated if one[0] is not Worth.PERSON]
            spare.sort(key=lambda one: one[0])  # stable: the oldest first
            found += [one for _worth, one in spare[: wanted - len(found)]]
            if len(found) >= wanted:
                break
        return found
