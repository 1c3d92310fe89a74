"""Who looks at a terminal, and whose size counts. Pure.

A terminal has one size, and several who look at it may have several. As tmux's `latest`: the
one who typed or was focused last decides, everybody else is told. Who has only come decides
nothing while somebody else does: a tab that comes back by itself must not shrink a terminal
that is being typed into.
"""

from dataclasses import dataclass

Size = tuple[int, int]
"""Columns and rows."""
FIRST: Size = (80, 24)
"""Until somebody says another."""
LARGEST = 1000
KINDS = ("browser", "vscode", "ssh", "gp")


@dataclass(slots=True)
class Seat:
    """One who looks."""

    id: int
    kind: str
    name: str
    since: float
    known: Size
    """The size that it believes in: what it said or was told last."""
    said: Size | None = None
    """What fits into its window."""
    focused: bool = False
    used: int = 0
    """Grows with each use of whatever viewer: the largest was the last. 0 has never."""


class Viewers:
    """Everybody at one terminal. What returns ids returns who has to be told `size`."""

    def __init__(self, size: Size = FIRST) -> None:
        self.size = size
        self.seats: dict[int, Seat] = {}
        self._count = 0
        self._uses = 0

    def join(self, kind: str, name: str, now: float) -> Seat:
        """Add one; it is told the size with the first words."""
        self._count += 1
        seat = Seat(self._count, kind if kind in KINDS else KINDS[0], name, now, self.size)
        self.seats[seat.id] = seat
        return seat

    def leave(self, number: int) -> list[int]:
        """Forget one; the size becomes that of who was there before."""
        self.seats.pop(number, None)
        return self._settle()

    def typed(self, number: int) -> list[int]:
        """One has sent input."""
        return self._use(number)

    def focus(self, number: int, *, focused: bool) -> list[int]:
        """One's window came to the front, or went from there."""
        if number not in self.seats:
            return []
        self.seats[number].focused = focused
        return self._use(number) if focused else []

    def resize(self, number: int, columns: int, rows: int) -> list[int]:
        """One's window has a size, whether it counts or not."""
        if number in self.seats:
            self.seats[number].said = self.seats[number].known = (columns, rows)
        return self._settle()

    def _use(self, number: int) -> list[int]:
        if number not in self.seats:
            return []
        self._uses += 1
        self.seats[number].used = self._uses
        return self._settle()

    def _settle(self) -> list[int]:
        able = [one for one in self.seats.values() if one.said is not None]
        if able:
            decides = max(able, key=lambda one: (one.used, -one.id))
            assert decides.said is not None
            columns, rows = decides.said
            self.size = (_bounded(columns), _bounded(rows))
        told = [one for one in self.seats.values() if one.known != self.size]
        for one in told:
            one.known = self.size
        return [one.id for one in told]


def _bounded(count: int) -> int:
    return max(1, min(count, LARGEST))
