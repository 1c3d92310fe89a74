"""A new workspace's row, from what was asked for."""

from secrets import token_bytes
from typing import Final

from msgspec.structs import asdict

from app.accounts.access import Principal
from app.db.workspaces import WorkspaceRow
from app.faults import Malformed
from app.workspaces.repository import Repository
from app.workspaces.structs import CreateWorkspace
from wire.ids import workspace_id_from

_OURS: Final = (".podium", ".docker-root")
"""What begins like these is ours, and of a container engine inside."""
_LONGEST_NAME: Final = 255
"""Bytes of a name, which file systems have."""


def downloads_of(wanted: CreateWorkspace, folder: str) -> list[dict[str, str]]:
    """Return the files of a new workspace; raises Malformed for a place that none can have."""
    found = [asdict(one) for one in wanted.downloads]
    paths = [one["path"].split("/") for one in found]
    odd = [
        one
        for one in paths
        if one[0] == folder
        or one[0].startswith(_OURS)
        or {".", ".."} & set(one)
        or any(len(name.encode()) > _LONGEST_NAME for name in one)
    ]
    places = {tuple(one) for one in paths}
    below = any(one[:end] in places for one in places for end in range(1, len(one)))
    if odd or below or len(places) != len(paths):
        raise Malformed(
            "download_place",
            "A file to download cannot be put there",
            "Each has a place of its own below /workspace, outside of the repository's folder.",
            "Name another path.",
        )
    return found


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
        downloads=downloads_of(wanted, repository.folder),
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
