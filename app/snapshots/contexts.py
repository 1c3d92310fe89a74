"""What the pages of snapshots are made of."""

from dataclasses import dataclass
from typing import ClassVar

from app.accounts.access import Shared
from app.content.contexts import size_of
from app.snapshots.structs import SnapshotView, State
from app.web.render import Context

WORDS = {
    Shared.OWNER: "only you",
    Shared.PEOPLE: "everybody here",
    Shared.LINK: "whoever has the link",
}
EVERYWHERE = "/snapshots"
LASTS = {"24h": "a day", "168h": "a week", "720h": "30 days", "none": "until it is deleted"}


@dataclass(frozen=True, slots=True)
class Look:
    """A snapshot as a page shows it."""

    view: SnapshotView
    size: str
    who: str

    @property
    def done(self) -> bool:
        """Whether it can be opened."""
        return self.view.state is State.DONE and not self.missing

    @property
    def missing(self) -> bool:
        """Whether it was made, and its files are not there any more."""
        return self.view.state is State.DONE and self.view.problem is not None


@dataclass(frozen=True, slots=True)
class SnapshotsContext(Context):
    """A workspace's snapshots."""

    template: ClassVar[str] = "snapshots/snapshots.html"
    part: ClassVar[str] = "snapshots/list.html"

    workspace: str
    place: str
    name: str
    looks: list[Look]
    busy: bool
    sources: bool
    words: dict[str, str]
    lasts: dict[str, str]


@dataclass(frozen=True, slots=True)
class SnapshotListContext(Context):
    """The list alone."""

    template: ClassVar[str] = "snapshots/list.html"

    place: str
    """Below which the list is renewed, and snapshots are deleted."""
    name: str
    looks: list[Look]
    busy: bool
    sources: bool = False
    """Whether each says of which repository it is."""


@dataclass(frozen=True, slots=True)
class MineContext(Context):
    """All of one's snapshots, also those of workspaces that are deleted."""

    template: ClassVar[str] = "snapshots/mine.html"

    place: str
    name: str
    looks: list[Look]
    busy: bool
    sources: bool


@dataclass(frozen=True, slots=True)
class OpenContext(Context):
    """What would be opened, and whether it is trusted."""

    template: ClassVar[str] = "snapshots/open.html"

    look: Look


def look_of(view: SnapshotView) -> Look:
    """Return a snapshot as a page shows it."""
    return Look(view, size_of(view.size), WORDS[view.access])


def snapshots_context(workspace: str, name: str, views: list[SnapshotView]) -> SnapshotsContext:
    """Return the page of a workspace's snapshots."""
    looks = [look_of(one) for one in views]
    words = {one.value: text for one, text in WORDS.items()}
    busy = _busy(looks)
    return SnapshotsContext(
        workspace, _place(workspace), name, looks, busy, sources=False, words=words, lasts=LASTS
    )


def list_context(workspace: str, name: str, views: list[SnapshotView]) -> SnapshotListContext:
    """Return the list alone."""
    looks = [look_of(one) for one in views]
    return SnapshotListContext(_place(workspace), name, looks, _busy(looks))


def mine_context(views: list[SnapshotView]) -> MineContext:
    """Return the page of all of one's snapshots."""
    looks = [look_of(one) for one in views]
    return MineContext(EVERYWHERE, "all workspaces", looks, _busy(looks), sources=True)


def mine_list(views: list[SnapshotView]) -> SnapshotListContext:
    """Return the list of all of one's snapshots alone."""
    looks = [look_of(one) for one in views]
    return SnapshotListContext(EVERYWHERE, "all workspaces", looks, _busy(looks), sources=True)


def _place(workspace: str) -> str:
    return f"/workspaces/{workspace}/snapshots"


def _busy(looks: list[Look]) -> bool:
    return any(not (one.done or one.missing) for one in looks)
