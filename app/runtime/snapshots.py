"""The port `Snapshots`: frozen trees of workspaces, on the node that has them.

Adapters: `app/runtime/nodesnapshots.py` (the workspace daemon) and
`app/runtime/fakesnapshots.py`. As with the other ports every call is a "make sure that", and
raises `Unreachable`, `Fenced` and `Refused`. A workspace begins as one by its `Initializer`.
"""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from wire.ids import InstanceId
from wire.problems import Problem


class FrozenState(StrEnum):
    """What a frozen tree is."""

    ABSENT = "absent"
    WORKING = "working"
    DONE = "done"
    """Every byte is on the disk."""
    FAILED = "failed"


class FrozenStatus(Struct, frozen=True, kw_only=True):
    """A frozen tree as its node sees it."""

    snapshot: str
    state: FrozenState
    files: int = 0
    size: int = 0
    """Bytes of the files' content."""
    problem: Problem | None = None
    node: str = ""
    """Where there are several: which one has it."""


class Snapshots(Protocol):
    """Frozen trees."""

    async def sight(self, node: str = "") -> list[FrozenStatus]:
        """Return what is, and begin nothing: to ask for what has failed is to try it again.

        Of one node where there are several, else of all that answer.
        """
        ...

    async def freeze(self, instance: InstanceId, snapshot: str) -> FrozenStatus:
        """Make sure that the workspace's tree is kept as it is now; done once for an id."""
        ...

    async def let_go(self, snapshot: str) -> int:
        """Make sure that it goes once nobody stands on it; returns the bytes freed at once."""
        ...
