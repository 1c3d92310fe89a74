"""Restore points that are still to be made, with what a node has to be told of each."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.content.deciding import OPEN
from app.db.content import RestorePointRow
from app.db.workspaces import WorkspaceRow
from app.workspaces.standing import holder
from wire.excludes import below, is_exclude
from wire.ids import InstanceId

_OPEN = [one.value for one in OPEN]
MOST = 8
"""Workspaces that a node backs up at once; each has one point made after the other."""


@dataclass(frozen=True, slots=True)
class Open:
    """A point that is to be made, of the workspace as it is now."""

    row: RestorePointRow
    n: int
    """Number of the workspace's newest start."""
    instance: InstanceId
    """As which the node holds the tree."""
    node: str
    owner: str
    excludes: list[str]


async def open_points(session: AsyncSession, now: float) -> list[Open]:
    """Return the points whose time has come, one of each workspace, those first asked for."""
    found = await session.execute(
        select(RestorePointRow, WorkspaceRow)
        .join(WorkspaceRow, WorkspaceRow.id == RestorePointRow.workspace_id)
        .where(
            RestorePointRow.state.in_(_OPEN),
            RestorePointRow.not_before <= now,
            RestorePointRow.node == "",
            WorkspaceRow.content == "present",
            ~WorkspaceRow.given_up,
        )
        .order_by(RestorePointRow.asked_at, RestorePointRow.id)
    )
    first: dict[str, Open] = {}
    for row, workspace in found.all():
        first.setdefault(
            workspace.id,
            Open(
                row,
                workspace.n,
                holder(workspace),
                workspace.node,
                workspace.owner_id,
                excludes_of(workspace),
            ),
        )
    turns = Counter[str]()
    given: list[Open] = []
    for one in first.values():
        turns[one.node] += 1
        if turns[one.node] <= MOST:
            given.append(one)
    return given


def excludes_of(row: WorkspaceRow) -> list[str]:
    """Return what is left out of a workspace's points: patterns below /workspace."""
    meant = [below(row.location or row.folder, one) for one in row.backup_excludes]
    return [one for one in meant if is_exclude(one)]
