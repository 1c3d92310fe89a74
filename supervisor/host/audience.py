"""Who looks at a terminal: each with a place in its output, and all with one size."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from supervisor.core.listing import Watching, watching
from supervisor.core.viewers import Size, Viewers
from supervisor.host.history import History
from supervisor.host.viewer import Viewer


class Audience:
    """`resized` is told of the size after everything that may have changed it."""

    def __init__(self, size: Size, history: History, resized: Callable[[Size], None]) -> None:
        self._people = Viewers(size)
        self._viewers: dict[int, Viewer] = {}
        self._history = history
        self._resized = resized

    def __bool__(self) -> bool:
        return bool(self._viewers)

    @property
    def size(self) -> Size:
        """Columns and rows."""
        return self._people.size

    @property
    def ahead(self) -> int | None:
        """How much the viewer who is ahead has taken; None when nobody looks."""
        return max((one.taken for one in self._viewers.values()), default=None)

    def listed(self) -> list[Watching]:
        """Return them as lists have them."""
        return [watching(one) for one in self._people.seats.values()]

    def join(self, offset: int, kind: str, name: str) -> Viewer:
        """Add a viewer, who is given what follows an offset."""
        seat = self._people.join(kind, name, time.time())
        viewer = self._viewers[seat.id] = Viewer(seat, self._history, offset)
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """Forget a viewer."""
        self._viewers.pop(viewer.seat.id, None)
        self._settle(self._people.leave(viewer.seat.id))

    def typed(self, viewer: Viewer) -> None:
        """A viewer has typed."""
        viewer.typed()
        self._settle(self._people.typed(viewer.seat.id))

    def focus(self, viewer: Viewer, *, focused: bool) -> None:
        """A viewer's window came to the front, or went from there."""
        self._settle(self._people.focus(viewer.seat.id, focused=focused))

    def fit(self, viewer: Viewer, columns: int, rows: int) -> None:
        """A viewer's window has a size."""
        self._settle(self._people.resize(viewer.seat.id, columns, rows))

    def tell(self, fact: dict[str, Any]) -> None:
        """Tell all of them something."""
        for viewer in self._viewers.values():
            viewer.tell(fact)

    def wake(self) -> None:
        """There is more output."""
        for viewer in self._viewers.values():
            viewer.wake()

    def end(self, fact: dict[str, Any]) -> None:
        """Nothing more will come after this."""
        for viewer in self._viewers.values():
            viewer.end(fact)

    def _settle(self, told: Sequence[int]) -> None:
        columns, rows = self.size
        for number in told:
            if number in self._viewers:
                self._viewers[number].tell({"cols": columns, "rows": rows})
        self._resized(self.size)
