"""The port `Points`: restore points of workspaces, on the node that has them.

Adapters: `app/runtime/nodepoints.py` (the workspace daemon) and `app/runtime/fakepoints.py`.
As with the other ports every call is a "make sure that", and raises `Unreachable`, `Fenced`
and `Refused`. Which points there are, and how long, the server decides: a node never drops
one by itself. Paths are bytes as inside a workspace: `workspace/demo/a.txt`, `home/gitpod`;
the empty one is the top.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from app.runtime.port import ContentState, ContentStatus
from wire.ids import InstanceId
from wire.problems import Problem


class BackupState(StrEnum):
    """How far a restore point is."""

    ABSENT = "absent"
    WORKING = "working"
    DONE = "done"
    """Listed, and every pack read back and hashed."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Repository:
    """Where a workspace's restore points are; a dataclass, which can keep the key from `repr`."""

    workspace: str
    key: bytes = field(repr=False)
    """32 bytes; the node keeps nothing of it."""


class Made(Struct, frozen=True, kw_only=True):
    """A restore point that is in its repository."""

    point: str
    time: float
    """Seconds since 1970: all that was written before is in it."""
    left: bool = False
    """It is what a node still had after the workspace had gone on elsewhere."""
    files: int = 0
    size: int = 0
    """Bytes of the files' content."""
    files_new: int = 0
    files_changed: int = 0
    added: int = 0
    """Bytes by which the repository has grown."""


class BackupStatus(Struct, frozen=True, kw_only=True):
    """A backup that was asked for."""

    point: str
    state: BackupState
    progress: str = ""
    """What it does."""
    done: int = 0
    """Bytes that it has gone through, and below of how many; 0 while that is not known."""
    total: int = 0
    problem: Problem | None = None
    took: float = 0.0
    made: Made | None = None
    """When done; an earlier point when nothing has changed since it."""
    lacking: list[str] = []
    """When done: points of the workspace that have lost some of their content."""


class EntryKind(StrEnum):
    """What an entry of a folder is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


class Entry(Struct, frozen=True, kw_only=True):
    """What is in a folder of a restore point."""

    name: bytes
    kind: EntryKind
    size: int = 0
    modified: float = 0.0
    mode: int = 0
    target: bytes = b""
    """Of a link."""


class ExportFormat(StrEnum):
    """What an export is."""

    FILE = "file"
    """A file's own bytes."""
    TAR = "tar"
    ZIP = "zip"


class Absent(Exception):
    """There is no such restore point, or nothing at this path of it."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """How far backups and restores are that were asked for since the node has begun."""

    backups: list[BackupStatus]
    contents: list[ContentStatus]
    """With `restored` also while a restore works, and when it has failed."""
    nodes: dict[str, list[ContentStatus]] | None = None
    """The same of each node that has answered, where there are several."""

    def told(self, node: str) -> bool:
        """Tell whether what the node has is in it."""
        return self.nodes is None or node in self.nodes

    def tree(self, node: str, workspace: str) -> ContentStatus | None:
        """Return the whole tree that a node has of a workspace."""
        told = self.contents if self.nodes is None else self.nodes.get(node, [])
        whole = {ContentState.READY, ContentState.SEALED}
        mine = (one for one in told if one.instance.workspace == workspace)
        return next((one for one in mine if one.state in whole), None)


class Points(Protocol):
    """Restore points of workspaces."""

    async def sight(self) -> Sighting:
        """Return what is, and begin nothing: to ask for what has failed is to try it again."""
        ...

    def watch(self) -> AsyncGenerator[None, None]:
        """Yield at first, and whenever a backup or a restore may have moved: look again.

        Raises `Unreachable` when cut.
        """
        ...

    async def backup(
        self,
        instance: InstanceId,
        point: str,
        key: bytes,
        *,
        excludes: Sequence[str] = (),
        always: bool = False,
        left: bool = False,
    ) -> BackupStatus:
        """Make sure that the point is there, while the container runs or afterwards.

        After a failure another call tries again. `always` makes it though nothing has changed;
        `left` marks it in the repository as what was left behind.
        """
        ...

    async def listed(self, repository: Repository) -> list[Made]:
        """Return the points that a repository has, oldest first; none where it is not there."""
        ...

    async def browse(self, repository: Repository, point: str, path: bytes) -> list[Entry]:
        """Return what is in a folder; raises Absent."""
        ...

    def export(
        self, repository: Repository, point: str, path: bytes, wanted: ExportFormat
    ) -> AsyncGenerator[bytes, None]:
        """Yield a file, or a folder as an archive; raises Absent with the first piece."""
        ...

    async def restore(
        self, instance: InstanceId, restore: str, repository: Repository, point: str
    ) -> ContentStatus:
        """Make sure that the tree of a stopped or new workspace is what the point holds.

        All of it or nothing; done once for an id. Sealed when done.
        """
        ...

    async def forget(self, repository: Repository, points: Sequence[str]) -> int:
        """Make sure that points are gone; returns the bytes freed."""
        ...

    async def drop(self, workspace: str, n: int) -> int:
        """Make sure that a workspace's repository is gone for good; returns the bytes freed."""
        ...
