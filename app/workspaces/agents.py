"""The server's end of the agent link, without the link: who it is, what it gets, what it says."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from msgspec.structs import replace
from sqlalchemy import select

from app.db.accounts import UserRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.ides.offering import opened
from app.ides.structs import Catalogue
from app.workspaces import activity, gitstate, reports, steps
from app.workspaces.forge import Kind
from app.workspaces.lifecycle import Event
from app.workspaces.location import clone_of, code_of
from app.workspaces.opened import editor_of, opened_of
from app.workspaces.secrets import Secrets, hash_of
from app.workspaces.store import Store
from app.workspaces.structs import Visibility
from app.workspaces.timeouts import stop_of
from app.workspaces.transitions import happen, mark
from app.workspaces.truth import STANDARD_CLASS
from app.workspaces.views import route_of
from app.workspaces.vitals import Vitals, without_vitals
from wire.agent import IDE_PORT, Checkout, Desired, Observed
from wire.gallery import OPEN_VSX, variables_of
from wire.git import GitState
from wire.hosts import Hosts
from wire.ids import InstanceId, parse_instance_id
from wire.phases import Condition, Phase, Step
from wire.ssh import command_of

_REPORTING = frozenset({Phase.INITIALIZING, Phase.RUNNING})
"""Phases in which a report is taken in as a whole, so that its repetition changes nothing."""
_CONNECTABLE = frozenset({Phase.CREATING, Phase.INITIALIZING, Phase.RUNNING, Phase.STOPPING})


@dataclass(frozen=True, slots=True)
class Giving:
    """What a trusted workspace gets of its owner's own things."""

    known_hosts: Callable[[str], Awaitable[list[str]]]
    """Of a person."""
    variables: Callable[[str, str], Awaitable[dict[str, str]]]
    """Of a person, in the repository of a clone URL."""


class Agents:
    """Supervisors as the control plane knows them."""

    def __init__(
        self,
        store: Store,
        hosts: Hosts,
        vitals: Vitals,
        giving: Giving | None = None,
        ssh_port: int = 0,
        gallery: str = OPEN_VSX,
        own: str = "",
    ) -> None:
        """`ssh_port` is the gateway's, 0 where there is none; `gallery` that of extensions.

        `own` names this server among several; empty where there is one.
        """
        self._own = own
        self._store = store
        self._hosts = hosts
        self._vitals = vitals
        self._giving = giving
        self._ssh_port = ssh_port
        self._gallery = variables_of(gallery)
        self._stored: dict[str, tuple[str, Observed]] = {}
        """Workspace → (instance, what of its reports is in the database)."""
        self._git: dict[str, tuple[str, bool, list[GitState]]] = {}
        """The same for what of its repositories exists only there."""

    async def instance_of(self, token: str) -> str:
        """Return the id of the live instance whose token this is, or an empty text.

        The look-up is by hash, so its timing tells nothing about the token.
        """
        wanted = hash_of(token)
        async with self._store.database.read() as session:
            found = await session.execute(
                select(InstanceRow).where(InstanceRow.token_hash == wanted, InstanceRow.live)
            )
            row = found.scalars().first()
        if row is None or not hmac.compare_digest(row.token_hash, wanted):
            return ""
        return row.id

    async def connected(self, name: str) -> Desired | None:
        """Take in that the supervisor has dialled out; returns what is wanted of it."""
        instance = parse_instance_id(name)
        if instance is None:
            return None
        async with self._store.change() as change:
            found = await change.exactly(instance)
            if found is None or Phase(found[1].phase) not in _CONNECTABLE:
                return None
            row, started = found
            mark(started, Condition.SUPERVISOR_SILENT, None)
            started.linked = self._own
            await activity.begin(change, row, started)
            if happen(change, row, started, Event.CONNECTED) and row.checked_out:
                started.steps = steps.finish(
                    started.steps, Step.CHECKOUT, change.now, 0.0, "as it was left"
                )
                started.steps = steps.begin(started.steps, Step.IDE, change.now)
            if row.git.get("final"):  # people work in it again
                row.git = {**row.git, "final": False}
            self._vitals.begin(instance, row.owner_id)
        self._stored.pop(instance.workspace, None)
        self._git.pop(instance.workspace, None)
        return await self.desired(instance)

    async def left(self, name: str) -> None:
        """Take in that the supervisor's connection to this server, its newest, has ended."""
        if not self._own:
            return
        async with self._store.database.write() as session:
            row = await session.get(InstanceRow, name)
            if row is not None and row.linked == self._own:
                row.linked = ""

    async def desired(self, instance: InstanceId) -> Desired | None:
        """Return what is wanted now; None when the instance is not the live one any more."""
        async with self._store.database.read() as session:
            row = await session.get(WorkspaceRow, instance.workspace)
            started = await session.get(InstanceRow, str(instance))
            person = await session.get(UserRow, row.owner_id) if row is not None else None
        if row is None or started is None or row.n != instance.n or not started.live:
            return None
        assert person is not None, "owner_id is a foreign key"
        desired = replace(
            desired_of(row, started, person, self._store.secrets, self._hosts, self._store.ides),
            job_limit=self._store.policy.job_limit,
        )
        own: dict[str, str] = {}
        if self._ssh_port:
            own["PODIUM_SSH"] = command_of(row.id, self._hosts.name, self._ssh_port)
        if not row.trusted or self._giving is None:
            return replace(desired, environment={**self._gallery, **desired.environment, **own})
        # a link's variables, and the platform's, count more than the person's
        variables = await self._giving.variables(row.owner_id, row.url)
        return replace(
            desired,
            known_hosts=await self._giving.known_hosts(row.owner_id),
            environment={**self._gallery, **variables, **desired.environment, **own},
        )

    async def observed(self, name: str, observed: Observed) -> None:
        """Take in what the supervisor sees; of an older instance it is dropped."""
        instance = parse_instance_id(name)
        if instance is None:
            return
        await self._keep_git(instance, observed)
        self._vitals.take(name, observed)
        # What is true only for a moment comes every few seconds, and writes nothing.
        lasting = (name, without_vitals(observed))
        if self._stored.get(instance.workspace) == lasting:
            return
        async with self._store.change() as change:
            found = await change.exactly(instance)
            if found is not None:
                reports.supervisor(change, *found, observed)
        self._stored.pop(instance.workspace, None)
        if found is not None and Phase(found[1].phase) in _REPORTING:
            self._stored[instance.workspace] = lasting

    async def _keep_git(self, instance: InstanceId, observed: Observed) -> None:
        """Write down what of the repositories exists only there, when that is news.

        What is told at the end, when everything has stopped, counts too.
        """
        states = gitstate.states_of(observed)
        news = (str(instance), observed.git_final, states)
        if not states or self._git.get(instance.workspace) == news:
            return
        async with self._store.change() as change:
            found = await change.exactly(instance)
            if found is None:
                return
            row = found[0]
            if not gitstate.same(row.git, states, final=observed.git_final):
                row.git = gitstate.kept(states, change.now, final=observed.git_final)
        self._git[instance.workspace] = news


def desired_of(
    row: WorkspaceRow,
    instance: InstanceRow,
    person: UserRow,
    secrets: Secrets,
    hosts: Hosts,
    ides: Catalogue,
) -> Desired:
    """Return the document for an instance's supervisor; commits are the owner's by default."""
    folder = code_of(row)
    checkout = None
    if not row.checked_out:
        merge = row.ref if row.kind == Kind.PULL.value else ""
        checkout = Checkout(
            path=folder,
            revision=row.revision,
            branch=row.branch,
            merge=merge,
            cloned=clone_of(row) if row.location else "",
        )
    stop = stop_of(instance.timeout, instance.active_at, instance.until)
    return Desired(
        version=row.version,
        instance=instance.id,
        workspace=row.id,
        name=row.name,
        key=secrets.proof_key(instance.id),
        owner=row.owner_id,
        trusted=row.trusted,
        repository=folder,
        context_url=row.url,
        revision=row.revision,
        checkout=checkout,
        dotfiles=person.dotfiles if row.trusted and row.dotfiles else "",
        profile=person.profile if row.trusted and person.profile_kept else None,
        git_name=person.name,
        git_email=person.email or f"{person.name}@{hosts.name}",
        environment=environment_of(row, instance, hosts, _alias(row, instance, ides)),
        assets=hosts.assets,
        public_ports=[
            port
            for port, one in sorted(route_of(row, instance, secrets).ports.items())
            if one.visibility == Visibility.PUBLIC.value
        ],
        timeout=instance.timeout,
        ide=editor_of(row, instance, ides).runs.value,
        time_zone=person.time_zone,
        stops_at=None if stop is None else stop.at,
    )


def _alias(row: WorkspaceRow, instance: InstanceRow, ides: Catalogue) -> str:
    found = opened_of(instance)
    return opened(ides, {}, row.ide).alias if found is None else found.alias


def environment_of(
    row: WorkspaceRow, instance: InstanceRow, hosts: Hosts, alias: str
) -> dict[str, str]:
    """Return the variables of tasks, terminals and IDE, under Gitpod's names and our own."""
    folder = code_of(row)
    both = {
        "WORKSPACE_ID": row.id,
        "INSTANCE_ID": instance.id,
        "WORKSPACE_URL": hosts.ide(row.id),
        "WORKSPACE_CONTEXT_URL": row.url,
        "WORKSPACE_CLASS": STANDARD_CLASS,
        "OWNER_ID": row.owner_id,
        "HOST": hosts.dashboard,
        "REPO_ROOT": folder,
        "REPO_ROOTS": folder,
    }
    gitpod = {f"GITPOD_{name}": value for name, value in both.items()}
    podium = {f"PODIUM_{name}": value for name, value in both.items()}
    # What a link sets is the sender's wish: nothing of it where the code is not trusted.
    linked = row.variables if row.trusted else {}
    return {
        **linked,
        **gitpod,
        **podium,
        "PODIUM_IMAGE": instance.image.get("name", ""),
        **({"GITPOD_IDE_ALIAS": alias} if alias else {}),
        "GITPOD_WORKSPACE_CLUSTER_HOST": hosts.workspace_domain,
        "GITPOD_THEIA_PORT": str(IDE_PORT),
        "THEIA_WORKSPACE_ROOT": folder,
    }
