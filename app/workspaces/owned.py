"""Whether somebody may do something to a workspace's row; asked by everything that changes one."""

from app.accounts.access import Action, Principal, Resource, allowed
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Missing
from app.workspaces.store import Change
from wire.ids import is_workspace_id

Pair = tuple[WorkspaceRow, InstanceRow | None]


def owned(principal: Principal, action: Action, row: WorkspaceRow | None) -> WorkspaceRow:
    """Return the row when the principal may act on it.

    Raises Missing, in the same words for what does not exist and what is somebody else's.
    """
    if row is None or not allowed(principal, action, Resource(row.owner_id, row.organisation_id)):
        raise Missing(
            "workspace_unknown",
            "There is no such workspace",
            "It was deleted, or it is not yours.",
            "Look at your list of workspaces.",
        )
    return row


async def own(
    change: Change, principal: Principal, action: Action, workspace: str, *, deleted: bool = False
) -> Pair:
    """Return a workspace and its newest start, to change them; raises Missing.

    `deleted`: also one that is gone for people and has files on its node.
    """
    row = await change.workspace(workspace) if is_workspace_id(workspace) else None
    if row is None and deleted and is_workspace_id(workspace):
        row = await change.session.get(WorkspaceRow, workspace)
        row = row if row is not None and row.content == "present" and not row.given_up else None
    checked = owned(principal, action, row)
    return checked, await change.newest(checked)
