"""Frozen trees: what a snapshot holds of a workspace, kept on the node and never written to. Pure.

`frozen.json` beside the tree is the truth: it is written last, so that a tree without it is a
leftover. A workspace that began as one names it in its own record as long as it stands on it.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from daemon.core.faults import Fault
from wire.ids import InstanceId

LEFT_OUT: Final = (".podium", ".docker-root")
"""Of a tree: what is the workspace's own, and the store of a container engine inside."""
CHECKED_OUT: Final = "checked-out"
KEPT: Final = (CHECKED_OUT, "further.json")
"""Of the first of these: that the checkout is done, and which further repositories."""
KEPT_PREFIXES: Final = ("init-", "create-")
"""Likewise: which commands that run once have succeeded."""


class State(StrEnum):
    """What a frozen tree is; the words of the wire."""

    ABSENT = "absent"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class Frozen(Struct, frozen=True, kw_only=True):
    """The content of `frozen.json`."""

    snapshot: str
    folder: str
    """Name of the repository's folder, and what the clone was, as in the workspace's record."""
    revision: str
    branch: str
    path: str = ""
    config: str = ""
    files: int = 0
    bytes: int = 0
    """Of the files' content."""
    linked: list[list[str]] = []
    """Names of files that have several, each group one file; spelled as `survey.spell` does."""


class Status(Struct, frozen=True, kw_only=True):
    """What a caller is told."""

    snapshot: str
    state: State
    files: int = 0
    bytes: int = 0
    fault: Fault | None = None
    took: float = 0.0


class FreezeOrder(Struct, frozen=True):
    """A snapshot that is to be, of the tree of an instance's workspace."""

    instance: InstanceId
    snapshot: str


def status_of(frozen: Frozen, took: float = 0.0) -> Status:
    """Return what is told of a tree that is there."""
    return Status(
        snapshot=frozen.snapshot,
        state=State.DONE,
        files=frozen.files,
        bytes=frozen.bytes,
        took=took,
    )
