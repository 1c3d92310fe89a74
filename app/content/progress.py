"""How far points and restores are that a node is at work on; in memory, pages follow it."""

from collections.abc import Callable

from msgspec import Struct

from app.web.events import Hint
from app.workspaces.store import Store

TOPIC = "points"
"""Of the hints that say that a workspace's progress has moved."""


class Progress(Struct, frozen=True, kw_only=True):
    """What a node said last of one."""

    text: str = ""
    """What it does, e.g. `writing`."""
    done: int = 0
    """Bytes."""
    total: int = 0
    """Bytes that it is about; 0 while that is not known."""


class Moved(Struct, frozen=True, kw_only=True):
    """A progress on its way to other servers; without one nobody works on it any more."""

    name: str
    progress: Progress | None = None
    workspace: str = ""
    owner: str = ""


class Progresses:
    """By the id of a point or a restore."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.carry: Callable[[Moved], None] | None = None
        """Tells the other servers; None where there is one."""
        self._known: dict[str, Progress] = {}

    def of(self, name: str) -> Progress | None:
        """Return how far one is; None for what nobody works on."""
        return self._known.get(name)

    def put(self, name: str, progress: Progress, workspace: str, owner: str) -> None:
        """Note how far one is, and tell whoever looks at its workspace when that has moved."""
        if self._known.get(name) != progress:
            self._tell(Moved(name=name, progress=progress, workspace=workspace, owner=owner))

    def drop(self, name: str) -> None:
        """Note that nobody works on it any more; the row says what became of it."""
        if name in self._known:
            self._tell(Moved(name=name))

    def _tell(self, moved: Moved) -> None:
        self.heard(moved)
        if self.carry is not None:
            self.carry(moved)

    def heard(self, moved: Moved) -> None:
        """Take in how far one is, as this server or another one was told."""
        if moved.progress is None:
            self._known.pop(moved.name, None)
            return
        self._known[moved.name] = moved.progress
        self._store.hint(Hint(topic=TOPIC, id=moved.workspace, version=0, owner=moved.owner))
