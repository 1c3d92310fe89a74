"""People without an account at public and shared ports: how much of them one address may be. Pure.

What is counted is connections in use: a request in work, or a tunnel. So it is the same behind a
front that sends many people's requests by few connections, and one that is only kept costs its
owner nothing. Who has a grant is never turned away, whatever the address: not counted at private
ports and behind share links, and at a public port looked at once the address is full.
"""

LEAST = 64
"""Of an address at each of several workers, among which the kernel does not deal evenly."""
_NETWORK = 4
"""Groups of an IPv6 address that name one customer's network (64 bits)."""


class Visitors:
    """Connections in use by address; `most` of each, and 0 is no limit."""

    def __init__(self, most: int = 0, workers: int = 1) -> None:
        self._most = most if workers <= 1 else min(most, max(LEAST, most // workers))
        self._of: dict[str, int] = {}
        self.present = 0
        """Of all addresses together."""

    def full(self, address: str) -> bool:
        """Tell whether an address has as many as it may."""
        return 0 < self._most <= self._of.get(customer(address), 0)

    def come(self, address: str) -> None:
        """Count one more, for which `go` has to follow; an empty address is not counted."""
        if not address:
            return
        who = customer(address)
        self._of[who] = self._of.get(who, 0) + 1
        self.present += 1

    def go(self, address: str) -> None:
        """Count one less."""
        if not address:
            return
        who = customer(address)
        left = self._of[who] - 1
        if left:
            self._of[who] = left
        else:
            del self._of[who]
        self.present -= 1


def customer(address: str) -> str:
    """Return what stands for whoever has the address: of IPv6, where people have many, the /64."""
    if ":" not in address:
        return address
    if "." in address:  # IPv4 on a socket for both
        return address.rpartition(":")[2]
    head, gap, tail = address.partition("::")
    groups = head.split(":") if head else []
    if gap:
        after = tail.count(":") + 1 if tail else 0
        groups += ["0"] * (8 - len(groups) - after)
        groups += tail.split(":") if tail else []
    return ":".join(groups[:_NETWORK]) + "::/64"
