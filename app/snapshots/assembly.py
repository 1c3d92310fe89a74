"""Puts the snapshots' service together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.content.loop import Loop
from app.runtime.snapshots import Snapshots as Node
from app.snapshots.service import MOST_OF_PERSON, Snapshots
from app.workspaces.service import WorkspaceService
from app.workspaces.store import Store
from wire.hosts import Hosts


@dataclass(frozen=True, slots=True)
class SnapshotService:
    """The parts that others ask."""

    snapshots: Snapshots
    loop: Loop

    @property
    def parts(self) -> dict[str, Any]:
        """What handlers ask for by name."""
        return {"snapshots": self.snapshots, "snapshot_loop": self.loop}


def assemble(
    store: Store,
    hosts: Hosts,
    workspaces: WorkspaceService,
    node: Node | None,
    most: int = MOST_OF_PERSON,
    begins_not: Callable[[str], str] = lambda _node: "",
) -> SnapshotService:
    """Return the service's parts; without `node` it keeps none, `most` is for each person.

    `begins_not` tells why no workspace begins on a node; empty when one may.
    """
    snapshots = Snapshots(store, hosts, workspaces, node, most, begins_not)
    freezing = snapshots.freezing
    loop = Loop([] if freezing is None else [freezing])
    if freezing is not None:
        store.listen(loop.wake)
    return SnapshotService(snapshots, loop)
