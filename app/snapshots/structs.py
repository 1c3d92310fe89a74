"""What the API gives and takes about snapshots. Times are seconds since 1970, sizes bytes."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from app.accounts.access import Shared
from wire.problems import Problem

SnapshotName = Annotated[str, Meta(max_length=100)]
Lasts = Annotated[str, Meta(max_length=64)]
FOR_EVER = "none"


class State(StrEnum):
    """Where a snapshot stands."""

    WANTED = "wanted"
    """Being made, or about to be."""
    FAILED = "failed"
    """It is tried again."""
    DONE = "done"
    LEAVING = "leaving"
    """Deleted or expired; its files go when the node is asked."""


class CreateSnapshot(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /api/v1/workspaces/<id>/snapshots."""

    name: SnapshotName = ""
    """As the workspace if left out."""
    access: Shared = Shared.OWNER
    lasts: Lasts = "720h"
    """How long it can be opened, e.g. 24h or 720h; none is until it is deleted."""


class OpenSnapshot(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /api/v1/snapshots/<id>/workspace."""

    trust: bool = False
    """Whether its code may run with what is yours: tasks, tokens, variables."""


class SnapshotView(Struct, frozen=True, kw_only=True):
    """A snapshot, as its owner and whoever may open it see it."""

    id: str
    url: str
    """The link that opens it."""
    name: str
    mine: bool
    owner: str
    """The person's name."""
    workspace: str
    """Of which it is; empty for others."""
    repository: str
    branch: str
    access: Shared
    state: State
    created: float
    expires: float | None
    files: int
    size: int
    opened: int
    problem: Problem | None = None


class SnapshotList(Struct, frozen=True, kw_only=True):
    """Snapshots, newest first."""

    snapshots: list[SnapshotView]
