"""What a workspace's tree on this node is, and what Prepare does about it.

`content.json` beside the tree is the truth: it is written last, after the tree
has been renamed into place and synced, so a tree without it is a leftover and a
record without a tree is a loss that must never be papered over.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct, convert, structs

from daemon.core.faults import Fault
from wire.ids import InstanceId

DISK_FULL: Final = frozenset({28, 122})
"""ENOSPC and EDQUOT, Linux's numbers."""


class State(StrEnum):
    """What a tree is; the words of the wire."""

    ABSENT = "absent"
    WORKING = "working"
    READY = "ready"
    SEALED = "sealed"
    FAILED = "failed"


class Record(Struct, frozen=True, kw_only=True):
    """The content of `content.json`."""

    workspace: str
    opened: int
    """Newest instance that opened the tree for writing."""
    sealed: int = 0
    """Newest instance after which the tree was synced and closed; 0 for never."""
    folder: str
    revision: str
    branch: str
    path: str = ""
    """File, or folder with a slash behind it, that the clone was asked for."""
    config: str = ""
    """The beginning of .gitpod.yml, as the clone had it; nobody here reads it."""
    restored: str = ""
    """Id of the wish that a restore point was brought back for, of the last one."""
    awaits: int = 0
    """Instance that the restore was for, which has yet to open it; 0 for none."""
    lower: str = ""
    """Snapshot whose frozen tree this one stands on; empty for one that is whole by itself."""
    home: str = ""
    """Image that the home was filled from, while no container has used it; empty afterwards."""

    def state(self) -> State:
        """Ready while open for an instance, sealed after it."""
        return State.SEALED if self.sealed >= self.opened else State.READY


class Status(Struct, frozen=True, kw_only=True):
    """What a caller is told."""

    instance: InstanceId
    state: State
    revision: str = ""
    branch: str = ""
    path: str = ""
    config: str = ""
    progress: str = ""
    received: int = 0
    total: int = 0
    """Bytes that are to be received; 0 while that is not known."""
    restored: str = ""
    fault: Fault | None = None
    took: float = 0.0


class Step(StrEnum):
    """What Prepare does."""

    KEEP = "keep"
    """Open for this very instance already."""
    OPEN = "open"
    """The tree is there: note that this instance writes to it now."""
    CREATE = "create"
    """Clear leftovers and clone."""
    MISSING = "missing"
    """There should be a tree and there is none."""
    STALE = "stale"
    """The workspace was somewhere else since: what is here is older than it."""


_OPEN: Final = {True: Step.KEEP, False: Step.OPEN}


def plan_prepare(record: Record | None, *, tree: bool, n: int, fresh: bool, left: int = 0) -> Step:
    """Choose the step; `tree` tells whether workspace and home folders both exist.

    `left` is the newest instance that is known to have written to the workspace's tree, on
    whatever node: nobody goes on from an older one, unless a restore has brought it up to date.

    A fresh order with a finished tree (the caller died before it noted the
    success) opens what is there.
    """
    if record is not None:
        if not tree:
            return Step.MISSING
        if max(record.opened, record.awaits) < left:
            return Step.STALE
        return _OPEN[record.opened == n and record.state() is State.READY]
    return Step.CREATE if fresh else Step.MISSING


def restored_record(
    said: Mapping[str, object], now: Record | None, instance: InstanceId, wish: str
) -> Record:
    """Return the record of a tree that comes from a restore point, sealed.

    `said` is the record that the point has kept. A tree that takes another's place keeps its
    numbers; one of its own is as if the instance before had left it. Raises ValueError.
    """
    kept = convert(said, Record)
    opened = instance.n - 1 if now is None else now.opened
    sealed = instance.n - 1 if now is None else now.sealed
    return structs.replace(
        kept,
        workspace=instance.workspace,
        opened=opened,
        sealed=sealed,
        restored=wish,
        awaits=instance.n,
        lower="",
        home="",
    )


def status_of(record: Record, *, took: float = 0.0, fault: Fault | None = None) -> Status:
    """Return what a caller is told about a tree that is in place."""
    return Status(
        instance=InstanceId(record.workspace, max(record.opened, record.awaits, 1)),
        state=record.state(),
        revision=record.revision,
        branch=record.branch,
        path=record.path,
        config=record.config,
        restored=record.restored,
        took=took,
        fault=fault,
    )


def with_fault(status: Status, why: Fault) -> Status:
    """Return the status with the reason why it did not become what was asked for."""
    return structs.replace(status, fault=why)
