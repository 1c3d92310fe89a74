"""What people do to workspaces beside starting one: name, pin, restart, archive, stop many.

Every method asks the one access function, through `owned` or the service.
"""

from collections.abc import Sequence

from msgspec import UNSET

from app.accounts.access import Action, Principal
from app.faults import Conflict, Malformed
from app.workspaces.archiving import archive
from app.workspaces.ides import checked
from app.workspaces.lifecycle import Event
from app.workspaces.opening import follow
from app.workspaces.owned import own, owned
from app.workspaces.service import WorkspaceService
from app.workspaces.starting import start
from app.workspaces.store import Store
from app.workspaces.structs import ChangeWorkspace, WorkspaceView
from app.workspaces.transitions import happen
from wire.ids import is_workspace_id

MOST = 100
"""Workspaces of one request."""


class Upkeep:
    """Over the service; `store` for what only concerns a row."""

    def __init__(self, store: Store, workspaces: WorkspaceService) -> None:
        self._store = store
        self._workspaces = workspaces

    async def change(
        self, principal: Principal, workspace: str, wanted: ChangeWorkspace
    ) -> WorkspaceView:
        """Rename, pin or unpin it, choose what it opens with.

        Raises Malformed for a name that cannot be shown, and an editor that there is not.
        """
        name = wanted.name if wanted.name is UNSET else _line(str(wanted.name))
        async with self._store.change() as change:
            found = await change.workspace(workspace) if is_workspace_id(workspace) else None
            row = owned(principal, Action.CHANGE_WORKSPACE, found)
            if name is not UNSET and name != row.name:
                change.record(row, "renamed", f"{row.name} is now {name}.", principal.user)
                row.name = str(name)
                change.touch(row)
            if wanted.pinned is not UNSET and wanted.pinned != row.pinned:
                row.pinned = bool(wanted.pinned)
                row.cleanup_at = None
                change.touch(row)
            if wanted.dotfiles is not UNSET and wanted.dotfiles != row.dotfiles:
                row.dotfiles = bool(wanted.dotfiles)
                change.touch(row)
            if wanted.ide is not UNSET:
                ide = checked(self._store.ides, str(wanted.ide))
                if ide != row.ide:
                    row.ide = ide
                    follow(row, await change.newest(row), change.ides)
                    opens = self._store.ides.editor(ide).opens
                    change.record(row, "ide", f"Opens {opens}.", principal.user)
                    change.touch(row)
        return await self._workspaces.get(principal, workspace)

    async def restart(self, principal: Principal, workspace: str) -> WorkspaceView:
        """Make sure that it stops, and starts when it has stopped; wished at once or not at all."""
        async with self._store.change() as change:
            row, instance = await own(change, principal, Action.CHANGE_WORKSPACE, workspace)
            if instance is not None:
                happen(change, row, instance, Event.STOP_ASKED, actor=principal.user)
            await start(change, row, instance, self._store.secrets, principal.user)
        return await self._workspaces.get(principal, workspace)

    async def archive(self, principal: Principal, workspace: str) -> WorkspaceView:
        """Make sure that a stopped workspace is archived: backed up, then freed on its node.

        A start brings it back. Raises Conflict.
        """
        async with self._store.change() as change:
            row, instance = await own(change, principal, Action.CHANGE_WORKSPACE, workspace)
            if not self._store.policy.archives:
                raise Conflict(
                    "archive_off",
                    "This installation makes no restore points",
                    "An archived workspace is kept as its restore point.",
                    "Ask whoever operates it to set PODIUM_BACKUP_EVERY.",
                )
            await archive(change, row, instance, "To be archived.", principal.user)
        return await self._workspaces.get(principal, workspace)

    async def stop_all(self, principal: Principal, names: Sequence[str]) -> None:
        """Make sure that all of these stop; raises Missing at one that is not one's own."""
        if len(names) > MOST:
            raise Malformed("too_many", f"More than {MOST} workspaces at once")
        for workspace in names:
            await self._workspaces.stop(principal, workspace)


def _line(text: str) -> str:
    name = " ".join(text.split())
    if not name or not name.isprintable():
        raise Malformed(
            "name_invalid",
            "This cannot be a name",
            "A name has letters, digits or signs that can be shown.",
        )
    return name
