"""What of a workspace's row a snapshot carries, and the row of one that begins as it. Pure but ids.

Nothing of the owner's goes along: no variables, no image that a password of theirs has opened,
no port's settings, no trust.
"""

from secrets import token_bytes
from typing import Any

from app.accounts.access import Principal
from app.db.snapshots import SnapshotRow
from app.db.workspaces import WorkspaceRow
from wire.ids import workspace_id_from

_KEPT = (
    "url", "ref", "kind", "number", "path", "repository", "folder", "location", "revision",
    "branch", "checked_out", "partial",
)  # fmt: skip


def context_of(row: WorkspaceRow) -> dict[str, Any]:
    """Return which code a workspace is of, and how it opens."""
    return {name: getattr(row, name) for name in _KEPT} | {"ide": row.ide}


def begun(found: SnapshotRow, principal: Principal, now: float) -> WorkspaceRow:
    """Return the row of a workspace that begins as the snapshot: nothing of its owner's in it.

    It counts as checked out in any case: a checkout runs what `.git` names, and that is another's.
    """
    return WorkspaceRow(
        id=workspace_id_from(token_bytes(16)),
        owner_id=principal.user,
        organisation_id=min(principal.organisations),
        name=found.name,
        snapshot=found.id,
        node=found.node,
        downloads=[],
        variables={},
        image={},
        port_settings={},
        trusted=False,
        wish="running",
        version=0,
        n=0,
        content="none",
        auth_epoch=0,
        created_at=now,
        phase_since=now,
        deleted_at=None,
        **{**found.context, "checked_out": True},
    )
