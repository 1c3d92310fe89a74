"""What people say about timeouts, and what proxies see used."""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import select

from app.accounts.access import Action, Principal, allowed
from app.db.accounts import UserRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Conflict, Denied
from app.workspaces import timeouts
from app.workspaces.activity import choose, note
from app.workspaces.lifecycle import USED
from app.workspaces.owned import own
from app.workspaces.store import Store
from app.workspaces.structs import WorkspaceView
from app.workspaces.views import workspace_view
from wire.agent import Activity
from wire.hosts import Hosts
from wire.ids import is_workspace_id
from wire.phases import Phase

_SOONEST = 15.0
"""Seconds within which further activity is not written down: it would tell nothing new."""


class PersonTimeout(Struct, frozen=True, kw_only=True):
    """How long a person's workspaces run unused."""

    timeout: str
    """Of the person; empty is the installation's."""
    installation: str
    effective: str


class Timeouts:
    """What people say about timeouts; every method asks the one access function."""

    def __init__(self, store: Store, hosts: Hosts) -> None:
        self._store = store
        self._hosts = hosts

    async def set_workspace(
        self, principal: Principal, workspace: str, wished: str
    ) -> WorkspaceView:
        """Set a workspace's timeout, and start it anew; an empty one is its owner's again.

        Raises Malformed for what is no timeout.
        """
        chosen = timeouts.validated(wished) if wished else ""
        async with self._store.change() as change:
            row, instance = await own(change, principal, Action.CHANGE_WORKSPACE, workspace)
            person = await change.session.get(UserRow, row.owner_id)
            of_person = "" if person is None else person.timeout
            counts, _ = timeouts.effective(chosen, of_person, change.policy.timeout)
            choose(change, row, instance, chosen, counts, principal.user)
        return workspace_view(row, instance, self._hosts, self._store.ides)

    async def keep_awake(self, principal: Principal, workspace: str) -> WorkspaceView:
        """Let the timeout of a workspace that runs begin anew; raises Conflict when none runs."""
        async with self._store.change() as change:
            row, instance = await own(change, principal, Action.CHANGE_WORKSPACE, workspace)
            if instance is None or Phase(instance.phase) not in USED:
                cure = "Start it first."
                raise Conflict("not_running", "The workspace does not run", cure=cure)
            if instance.active_at is not None:
                note(change, row, instance, Activity.PERSON)
        return workspace_view(row, instance, self._hosts, self._store.ides)

    async def person(self, principal: Principal) -> PersonTimeout:
        """Return one's own timeout."""
        if not allowed(principal, Action.LIST_OWN):
            raise Denied("denied", "You may not see this")
        async with self._store.database.read() as session:
            person = await session.get(UserRow, principal.user)
        return self._told("" if person is None else person.timeout)

    async def set_person(self, principal: Principal, wished: str) -> PersonTimeout:
        """Set one's own timeout; an empty one is the installation's again.

        Workspaces without one of their own follow at once, without starting anew.
        """
        if not allowed(principal, Action.CHANGE_OWN):
            raise Denied("denied", "You may not change this")
        chosen = timeouts.validated(wished) if wished else ""
        async with self._store.change() as change:
            person = await change.session.get(UserRow, principal.user)
            if person is None:
                raise Denied("denied", "There is no such person any more")
            person.timeout = chosen
            person.version += 1
            counts, _ = timeouts.effective("", chosen, change.policy.timeout)
            running = select(WorkspaceRow, InstanceRow).join(
                InstanceRow, InstanceRow.workspace_id == WorkspaceRow.id
            )
            mine = running.where(
                WorkspaceRow.owner_id == principal.user,
                WorkspaceRow.timeout == "",
                InstanceRow.live,
                InstanceRow.timeout != "",
            )
            for row, instance in (await change.session.execute(mine)).all():
                instance.timeout = counts
                if instance.active_at is not None:
                    instance.active_at = timeouts.least(counts, instance.active_at, change.now)
                change.touch(row)
        return self._told(chosen)

    async def used(self, ports: Mapping[str, Activity]) -> None:
        """Take in which workspaces a proxy saw used; told by the platform itself."""
        known = [one for one in ports if is_workspace_id(one)]
        if not known:
            return
        async with self._store.change() as change:
            for workspace in known:
                row = await change.workspace(workspace)
                instance = None if row is None else await change.newest(row)
                if row is None or instance is None or instance.active_at is None:
                    continue
                recent = change.now - instance.active_at < _SOONEST
                if Phase(instance.phase) in USED and not recent:
                    note(change, row, instance, ports[workspace])

    def _told(self, chosen: str) -> PersonTimeout:
        installation = self._store.policy.timeout
        counts, _ = timeouts.effective("", chosen, installation)
        return PersonTimeout(timeout=chosen, installation=installation, effective=counts)
