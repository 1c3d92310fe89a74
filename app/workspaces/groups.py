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

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.looks)


def grouped(
    views: list[WorkspaceView], vital: Callable[[WorkspaceView], Vital | None] = lambda _: None
) -> list[Group]:
    """Return the list's groups: what runs or moves, and what is stopped; empty ones are left out.

    The newest start comes first, so that a row stays in its place while its state changes;
    what is stopped is in the order in which it was used last; what is pinned stands first.
    """
    live = [one for one in views if one.phase.live]
    stopped = [one for one in views if not one.phase.live]
    live.sort(key=lambda one: (not one.pinned, -_newest(one)))
    stopped.sort(key=lambda one: (not one.pinned, -one.phase_since))
    groups = [
        Group("Running", [look_of(one, vital(one)) for one in live]),
        Group("Stopped", [look_of(one, vital(one)) for one in stopped]),
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
