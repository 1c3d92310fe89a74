"""The wish that a workspace runs, written into a change of its row."""

from sqlalchemy import select

from app.db.content import RestoreRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Conflict
from app.workspaces.archiving import begin_restore, is_freeing, keep, unarchive
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
    if row.archived_at is not None and not row.restoring:
        await _out_of_the_archive(change, row, actor)
    elif not row.restoring and row.content == "none":
        await _restore_again(change, row, actor)
    if row.restoring or row.archived_at is not None:
        if row.wish != "running":
            row.wish, row.cleanup_at, row.phase_since = "running", None, change.now
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


async def _out_of_the_archive(change: Change, row: WorkspaceRow, actor: str) -> None:
    """Have its files brought back; what is still on its node and stays there needs no restore."""
    if row.content == "none":
        await unarchive(change, row, actor)
    elif not is_freeing(row):
        keep(change, row, "It is used again, so it is not archived.")


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
    begin_restore(change, row, last.source_id, last.point_id, actor)
    await change.session.flush()
