"""Which workspaces stand where in the list, and marks of what it shows. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from app.workspaces.looks import Look, look_of
from app.workspaces.structs import WorkspaceView
from app.workspaces.vitals import Vital


@dataclass(frozen=True, slots=True)
class Group:
    """Workspaces under one heading."""

    title: str
    looks: list[Look]
    folded: bool = False
    """Shown as its heading alone until somebody unfolds it."""

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.looks)


def grouped(
    views: list[WorkspaceView], vital: Callable[[WorkspaceView], Vital | None] = lambda _: None
) -> list[Group]:
    """Return the list's groups: what runs or moves, what is stopped, and what is archived.

    Empty ones are left out.

    The newest start comes first, so that a row stays in its place while its state changes;
    what is stopped is in the order in which it was used last; what is pinned stands first.
    """
    looks = [look_of(one, vital(one)) for one in views]
    live = [one for one in looks if one.view.phase.live or one.waits]
    archived = [one for one in looks if one.archived]
    stopped = [one for one in looks if not (one.view.phase.live or one.waits or one.archived)]
    live.sort(key=lambda one: (not one.view.pinned, -_newest(one.view)))
    for group in (stopped, archived):
        group.sort(key=lambda one: (not one.view.pinned, -one.view.phase_since))
    groups = [
        Group("Running", live),
        Group("Stopped", stopped),
        Group("Archived", archived, folded=True),
    ]
    return [one for one in groups if one.looks]


def _newest(view: WorkspaceView) -> float:
    return view.instance.created if view.instance else view.created


def digest(groups: list[Group]) -> str:
    """Return a short mark that differs whenever the list looks different; it is no number."""
    parts = [
        f"{group.title}:" + ",".join(f"{one.view.id}.{one.view.version}" for one in group.looks)
        for group in groups
    ]
    return f"d{sha256(';'.join(parts).encode()).hexdigest()[:16]}"


def newest_vital(groups: list[Group]) -> int:
    """Return the newest version of what supervisors told; versions grow over all workspaces."""
    return max((look.vital_version for group in groups for look in group.looks), default=0)


def order(groups: list[Group]) -> list[list[str]]:
    """Return which workspace stands where; as long as it stays, single rows can be renewed."""
    return [[one.view.id for one in group.looks] for group in groups]
