"""Restore points that have lost some of what they held: a repository was damaged, and mended."""

from collections.abc import Sequence

from msgspec import to_builtins
from sqlalchemy import select

from app.content.deciding import State
from app.db.content import RestorePointRow
from app.db.workspaces import WorkspaceRow
from app.workspaces.store import Change
from wire.problems import Problem

LACKING = Problem(
    code="point_lacking",
    title="Some of what it held is damaged",
    cure="What can be read of it can be downloaded; newer points are whole.",
)


async def mark_lacking(change: Change, workspace: WorkspaceRow, points: Sequence[str]) -> None:
    """Say so of these points of the workspace, and tell its people once."""
    if not points:
        return
    rows = await change.session.scalars(
        select(RestorePointRow).where(
            RestorePointRow.workspace_id == workspace.id,
            RestorePointRow.id.in_(points),
            RestorePointRow.state == State.DONE.value,
            RestorePointRow.problem.is_(None),
        )
    )
    found = rows.all()
    for row in found:
        row.problem = to_builtins(LACKING)
    if found:
        many = f"{len(found)} restore points have" if len(found) > 1 else "A restore point has"
        text = f"{many} lost some of the content; what is here now is in a new one."
        change.record(workspace, "points_lacking", text)
