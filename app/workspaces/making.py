"""A new workspace's row, from what was asked for."""

from secrets import token_bytes

from app.accounts.access import Principal
from app.db.workspaces import WorkspaceRow
from app.workspaces.repository import Repository
from app.workspaces.structs import CreateWorkspace
from wire.ids import workspace_id_from


def row_of(
    principal: Principal,
    repository: Repository,
    wanted: CreateWorkspace,
    now: float,
    *,
    trusted: bool,
    ide: str,
) -> WorkspaceRow:
    """Return the row of a workspace that has never started; `ide` is what it opens with."""
    return WorkspaceRow(
        id=workspace_id_from(token_bytes(16)),
        owner_id=principal.user,
        organisation_id=min(principal.organisations),
        name=repository.name,
        url=repository.url,
        ref=repository.ref,
        kind=repository.kind.value,
        number=repository.number,
        path=repository.path,
        variables=dict(repository.variables),
        port_settings={},
        repository=repository.repository,
        folder=repository.folder,
        trusted=trusted,
        wish="running",
        version=0,
        n=0,
        content="none",
        partial=wanted.partial,
        dotfiles=wanted.dotfiles,
        ide=ide,
        revision="",
        branch="",
        checked_out=False,
        image={},
        auth_epoch=0,
        created_at=now,
        phase_since=now,
        deleted_at=None,
    )
