"""The wish that a workspace runs, written into a change of its row."""

from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Conflict
from app.workspaces.secrets import Secrets
from app.workspaces.store import Change
from app.workspaces.trusting import begin
from wire.phases import Phase


async def start(
    change: Change, row: WorkspaceRow, instance: InstanceRow | None, secrets: Secrets, actor: str
) -> InstanceRow:
    """Let it run: as it does, from now on, or when it has stopped; raises Conflict (deleting)."""
    if row.wish == "deleted":
        raise Conflict("deleting", "The workspace is being deleted")
    if instance is None or not instance.live:
        instance = await begin(change, row, secrets)
        change.record(row, "started", f"Start {row.n}.", actor)
    elif Phase(instance.phase) is Phase.STOPPING and row.wish != "running":
        row.wish = "running"
        change.touch(row)
        change.record(row, "started", "Starts when it has stopped.", actor)
    return instance
