"""What the API gives and takes about restore points.

Times are seconds since 1970 (UTC, fractions kept), sizes are bytes. Names of files are bytes:
`name` is for people, `path` has every byte that is not plain ASCII as %XX.
"""

from dataclasses import dataclass
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from app.content.deciding import Reason, State
from app.content.progress import Progress
from app.db.workspaces import LOCAL
from app.runtime.points import EntryKind, ExportFormat
from app.workspaces.structs import BackupView, WorkspaceName
from wire.problems import Problem

PathText = Annotated[str, Meta(max_length=8192)]


class PointView(Struct, frozen=True, kw_only=True):
    """A restore point."""

    id: str
    workspace: str
    state: State
    reason: Reason
    made: float | None
    """All that was written before is in it; None until it is made."""
    asked: float
    current: float | None
    """Last moment at which nothing had changed since."""
    files: int
    size: int
    files_new: int
    """Since the point before, and so the changed ones."""
    files_changed: int
    added: int
    """By which the repository has grown for it."""
    node: str = ""
    """Node that had kept it after the workspace had gone on elsewhere; else empty."""
    pinned: bool
    progress: Progress | None = None
    """While the node is at work on it."""
    problem: Problem | None = None
    retries_at: float | None = None
    """When it is tried again after a failure."""


class PointList(Struct, frozen=True, kw_only=True):
    """The restore points of a workspace, newest first."""

    points: list[PointView]
    backup: BackupView | None
    excludes: list[str] = []
    """Patterns of .gitpod.yml that no point holds."""
    restore: Progress | None = None
    """While the node replaces its files by what a point holds."""


class ChangePoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PATCH …/points/<point>."""

    pinned: bool
    """Whether it stays for as long as its workspace does."""


class FileView(Struct, frozen=True, kw_only=True):
    """What is in a folder of a restore point."""

    name: str
    path: str
    """For `path` of another request."""
    kind: EntryKind
    size: int
    modified: float
    mode: int
    """Permission bits."""
    target: str = ""
    """Of a link."""


class FileList(Struct, frozen=True, kw_only=True):
    """A folder of a restore point: folders first, then by name."""

    path: str
    files: list[FileView]


class NewFromPoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST …/points/<point>/workspace."""

    name: WorkspaceName | UnsetType = UNSET
    """What the new workspace is called; as the old one if left out."""


class DeletedView(Struct, frozen=True, kw_only=True):
    """A deleted workspace that can be restored."""

    id: str
    name: str
    repository: str
    deleted: float
    until: float
    """After this moment its restore points are gone for good."""
    points: int
    pending: bool = False
    """Its last restore point is still to be made; until then its files stay on the node."""
    problem: Problem | None = None
    """Why that point could not be made."""


class DeletedList(Struct, frozen=True, kw_only=True):
    """Deleted workspaces that can be restored, newest first."""

    workspaces: list[DeletedView]


FORMATS = {
    "file": ExportFormat.FILE,
    "tar.zst": ExportFormat.TAR,
    "zip": ExportFormat.ZIP,
}
"""What a download may be."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The workspace that a page is about; it may be a deleted one."""

    id: str
    name: str
    stopped: bool
    deleted: bool
    excludes: list[str]
    """What no point holds of it."""
    node: str = LOCAL
    """Where it is."""

    @property
    def away(self) -> bool:
        """Whether it is on another node than Podium's own machine, which may be lost."""
        return self.node != LOCAL
