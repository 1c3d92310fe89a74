"""The wish that a workspace runs, written into a change of its row."""

from sqlalchemy import select

from app.accounts.secrets import new_id
from app.db.content import RestoreRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Conflict
from app.workspaces.secrets import Secrets
from app.workspaces.store import Change
from app.workspaces.trusting import begin
from wire.phases import Phase


async def start(
    change: Change, row: WorkspaceRow, instance: InstanceRow | None, secrets: Secrets, actor: str
) -> InstanceRow | None:
    """Let it run: as it does, from now on, or when it has stopped or was restored.

    Raises Conflict (deleting).
    """
    if row.wish == "deleted":
        raise Conflict("deleting", "The workspace is being deleted")
    if not row.restoring and row.content == "none":
        await _restore_again(change, row, actor)
    if row.restoring:
        if row.wish != "running":
            row.wish = "running"
            change.touch(row)
            change.record(row, "started", "Starts when it is restored.", actor)
        return instance
    if instance is None or not instance.live:
        instance = await begin(change, row, secrets)
        change.record(row, "started", f"Start {row.n}.", actor)
    elif Phase(instance.phase) is Phase.STOPPING and row.wish != "running":
        row.wish = "running"
        change.touch(row)
        change.record(row, "started", "Starts when it has stopped.", actor)
    return instance


async def _restore_again(change: Change, row: WorkspaceRow, actor: str) -> None:
    """Let a restore that failed begin anew: what was meant to hold files never starts empty."""
    last = await change.session.scalar(
        select(RestoreRow)
        .where(RestoreRow.workspace_id == row.id)
        .order_by(RestoreRow.asked_at.desc(), RestoreRow.id)
        .limit(1)
    )
    if last is None or last.state == "done":
        return
    again = RestoreRow(
        id=new_id("rs").replace("_", "-"),
        workspace_id=row.id,
        source_id=last.source_id,
        point_id=last.point_id,
        state="open",
        asked_at=change.now,
        asked_by=actor,
    )
    change.session.add(again)
    row.restoring = again.id
    await change.session.flush()
