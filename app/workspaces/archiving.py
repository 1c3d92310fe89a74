"""Archived workspaces: no node holds their files, their newest restore point is all there is.

Rows alone, in three steps that any kill may lie between. `archive` wishes for it: whatever was
backed up before does not count, so a restore point is made or looked at again. When that is
done the node's copy is freed, and `freed` notes it. `unarchive` has the files restored; they
count as archived until they are there again, so a restore that fails loses nothing.
"""

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.secrets import new_id
from app.db.content import RestorePointRow, RestoreRow
from app.db.snapshots import SnapshotRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Conflict, Missing
from app.workspaces.store import PLATFORM, Change

LEFT = "left"
"""A word of `app.content.deciding`, which stands above."""
_NEXT = 0.001
"""Seconds by which a point is newer than another, when the clock does not tell."""
NOTHING_SAFE = -1
"""What `backed_up_stop` is when no point of what is there now is known."""


def is_freeing(row: WorkspaceRow) -> bool:
    """Tell whether the node's copy is on its way out: it cannot be used any more."""
    present = row.archived_at is not None and row.content == "present"
    return present and row.backed_up_stop == row.n


async def archive(
    change: Change, row: WorkspaceRow, instance: InstanceRow | None, text: str, actor: str
) -> None:
    """Let a stopped workspace be archived; what is already is left as it is. Raises Conflict."""
    if row.archived_at is not None:
        return
    if row.wish == "deleted":
        raise Conflict("deleting", "The workspace is being deleted")
    if row.restoring or row.content != "present":
        raise Conflict(
            "nothing_to_archive",
            "It has no files now that could be archived",
            cure="Wait until it is restored, or start it first.",
        )
    if instance is not None and instance.live:
        raise Conflict("archive_running", "It is not stopped", cure="Stop it first.")
    if row.backup_problem is not None:
        raise Conflict(
            "backup_fails",
            "It is not backed up",
            str(row.backup_problem["title"]),
            "Podium tries again until that works; archive it then.",
        )
    if await is_frozen(change.session, row):
        raise Conflict(
            "snapshot_pending",
            "A snapshot of it is being made",
            cure="Wait until that is done, or delete the snapshot.",
        )
    row.archived_at, row.backed_up_stop = change.now, NOTHING_SAFE
    change.touch(row)
    change.record(row, "archiving", text, actor)


def keep(change: Change, row: WorkspaceRow, why: str) -> None:
    """Archive it no longer; only while its node's copy is not being freed."""
    row.archived_at = None
    change.touch(row)
    change.record(row, "not_archived", why)


async def freed(change: Change, row: WorkspaceRow, count: int) -> None:
    """Note that the node's copy is gone; `count` is in bytes. Who waits for it gets it back."""
    if not is_freeing(row):
        return
    row.content = "none"
    change.touch(row)
    change.record(row, "archived", f"Archived; {count} bytes are free on the node.")
    if row.wish == "running":
        await unarchive(change, row, PLATFORM)


async def unarchive(change: Change, row: WorkspaceRow, actor: str) -> None:
    """Have an archived workspace's files restored; raises Missing where no point holds them."""
    newest = await newest_point(change.session, row.id)
    if newest is None:
        raise unknown_point()
    begin_restore(change, row, row.id, newest.id, actor)
    await change.session.flush()
    change.record(row, "restoring", "Its files are brought back from the archive.", actor)


def begin_restore(
    change: Change, row: WorkspaceRow, source: str, point: str, actor: str
) -> RestoreRow:
    """Let a workspace become what a point of a workspace holds; raises Conflict while it does."""
    if row.restoring:
        raise Conflict(
            "restoring", "It is being restored", cure="Wait until that is done, then try again."
        )
    restore = RestoreRow(
        id=new_id("rs").replace("_", "-"),
        workspace_id=row.id,
        source_id=source,
        point_id=point,
        state="open",
        asked_at=change.now,
        asked_by=actor,
    )
    change.session.add(restore)
    row.restoring, row.restore_problem = restore.id, None
    change.touch(row)
    return restore


async def end_restore(change: Change, row: WorkspaceRow) -> None:
    """Let nobody wait for a restore any more: the node that it was asked of is gone."""
    if row.restoring:
        restore = await change.session.get_one(RestoreRow, row.restoring)
        restore.state, row.restoring = "failed", ""
        change.touch(row)


async def newest_point(session: AsyncSession, workspace: str) -> RestorePointRow | None:
    """Return the point that holds what there was last.

    It may be an old one that the workspace was restored to; what was left behind is none until
    somebody restores it.
    """
    return await session.scalar(
        select(RestorePointRow)
        .where(
            RestorePointRow.workspace_id == workspace,
            RestorePointRow.state == "done",
            or_(RestorePointRow.reason != LEFT, RestorePointRow.current_at.is_not(None)),
        )
        .order_by(
            func.coalesce(RestorePointRow.current_at, RestorePointRow.made_at).desc(),
            RestorePointRow.made_at.desc(),
        )
        .limit(1)
    )


async def note_current(session: AsyncSession, point: RestorePointRow, at: float) -> None:
    """Let a point hold what there is now, as it was at a moment; no other one is newer.

    Points are told by moments of a clock, which may have been set back since the one before.
    """
    highest = await session.scalar(
        select(func.max(func.coalesce(RestorePointRow.current_at, RestorePointRow.made_at))).where(
            RestorePointRow.workspace_id == point.workspace_id,
            RestorePointRow.id != point.id,
            or_(RestorePointRow.reason != LEFT, RestorePointRow.current_at.is_not(None)),
        )
    )
    point.current_at = at if highest is None or at > highest else highest + _NEXT


def unknown_point() -> Missing:
    """Return what is said of a point that is not there."""
    return Missing(
        "point_unknown",
        "There is no such restore point",
        "It was forgotten, as the installation keeps so many, or never made.",
        "Look at the workspace's list of restore points.",
    )


async def is_frozen(session: AsyncSession, row: WorkspaceRow) -> bool:
    """Tell whether a snapshot of its files is still to be made."""
    made = exists().where(
        SnapshotRow.workspace_id == row.id, SnapshotRow.state.in_(["wanted", "failed"])
    )
    return bool(await session.scalar(select(made)))
