"""The reconciler's `Truth` over the database: what is wanted, and what was seen written down."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.workspaces import InstanceRow, WorkspaceRow
from app.runtime.observe import Item
from app.runtime.plan import Desired, Goal
from app.runtime.port import Container, Initializer, Spec
from app.workspaces import reports
from app.workspaces.artefacts import Artefacts
from app.workspaces.forge import Kind
from app.workspaces.lifecycle import OWNERS, Event, Owner
from app.workspaces.store import Change, Store
from app.workspaces.transitions import happen, mark, new_instance
from wire.ids import InstanceId
from wire.phases import Condition, Phase, Step
from wire.problems import Problem

STANDARD_CLASS = "standard"
_UNREACHABLE_AFTER = 3.0
"""Seconds of silence before people are told: a daemon's restart is no news."""
_UNREACHABLE = "The workspace daemon of this node does not answer; running workspaces go on."

_GOALS = {
    Phase.PREPARING: Goal.WAIT,
    Phase.BUILDING: Goal.WAIT,
    Phase.PENDING: Goal.WAIT,
    Phase.CREATING: Goal.RUN,
    Phase.INITIALIZING: Goal.RUN,
    Phase.RUNNING: Goal.RUN,
    Phase.STOPPING: Goal.STOP,
}


class DatabaseTruth:
    """What the reconciler is told, and tells."""

    def __init__(self, store: Store, artefacts: Callable[[], Artefacts | None]) -> None:
        self._store = store
        self._artefacts = artefacts
        self._silent_since: float | None = None

    async def advance(self, *, reachable: bool) -> None:
        """Move on what waits for the server, for time, or for a node that answers."""
        silent = self._silence(reachable=reachable)
        artefacts = self._artefacts()
        async with self._store.database.read() as session:
            rows = (await session.execute(_live())).all()
            now = self._store.clock.now()
            due = any(self._due(one, artefacts, now, reachable, silent) for _, one in rows)
            waiting = (await session.execute(_wished())).first() is not None
        if not due and not waiting:
            return
        async with self._store.change() as change:
            for row in (await change.session.execute(_wished())).scalars().all():
                new_instance(change, row, self._store.secrets)
            for row, instance in (await change.session.execute(_live())).all():
                _advance_one(change, row, instance, artefacts, reachable, silent)

    async def desired(self) -> list[Desired]:
        """Return what is wanted of live instances, and of workspaces to be discarded."""
        artefacts = self._artefacts()
        async with self._store.database.read() as session:
            rows = (await session.execute(_live())).all()
            leaving = await _leaving(session)
        wanted = [self._desired(row, instance, artefacts) for row, instance in rows]
        wanted += [
            Desired(instance=InstanceId(row.id, row.n), goal=Goal.DISCARD) for row in leaving
        ]
        return wanted

    async def seen(self, items: list[Item]) -> None:
        """Write down containers and trees that changed, in one transaction."""
        if not items:
            return
        async with self._store.change() as change:
            for item in items:
                found = await change.exactly(item.instance)
                if found is None:
                    continue
                if isinstance(item, Container):
                    reports.container(change, *found, item)
                else:
                    reports.content(change, *found, item)

    async def settled(self, instance: InstanceId) -> None:
        """Note that the stopping instance holds nothing any more: it has stopped."""
        async with self._store.change() as change:
            found = await change.exactly(instance)
            if found is not None:
                happen(change, *found, Event.SETTLED)

    async def failed(self, instance: InstanceId, problem: Problem | None) -> None:
        """Note that the instance cannot go on; without a problem its container is missing."""
        async with self._store.change() as change:
            found = await change.exactly(instance)
            if found is not None:
                mark(found[1], Condition.CONTAINER_DIED, "missing") if problem is None else None
                happen(change, *found, Event.FAILED, problem=problem or reports.MISSING)

    async def discarded(self, instance: InstanceId, freed: int) -> None:
        """Note that the content is gone, and with it the workspace."""
        async with self._store.change() as change:
            row = await change.workspace(instance.workspace)
            if row is None or row.wish != "deleted":
                return
            row.deleted_at = change.now
            row.content = "none"
            change.touch(row)
            change.record(row, "deleted", f"Its content is gone; {freed} bytes are free again.")

    def _desired(
        self, row: WorkspaceRow, instance: InstanceRow, artefacts: Artefacts | None
    ) -> Desired:
        goal = _GOALS[Phase(instance.phase)]
        if artefacts is None and goal is Goal.RUN:
            goal = Goal.WAIT
        spec = initializer = None
        if artefacts is not None:
            spec = Spec(
                image=artefacts.image,
                supervisor=artefacts.supervisor,
                ide=artefacts.vscode,
                workspace_class=STANDARD_CLASS,
                token=self._store.secrets.token(instance.id),
            )
            initializer = Initializer(
                url=row.url,
                ref=row.ref,
                folder=row.folder,
                image=artefacts.image,
                fresh=row.content == "none",
                place=row.kind == Kind.PLACE.value,
                path=row.path,
            )
        return Desired(
            instance=InstanceId(row.id, row.n),
            goal=goal,
            spec=spec,
            initializer=initializer,
            content_ready=reports.is_done(instance, Step.CONTENT),
            container_seen=reports.is_done(instance, Step.CONTAINER),
            grace=0.0 if instance.forced else 10.0,
        )

    def _silence(self, *, reachable: bool) -> str | None:
        """Return what people are told of an unreachable node, None while there is nothing."""
        now = self._store.clock.monotonic()
        if reachable:
            self._silent_since = None
            return None
        if self._silent_since is None:
            self._silent_since = now
        return _UNREACHABLE if now - self._silent_since >= _UNREACHABLE_AFTER else None

    @staticmethod
    def _due(
        instance: InstanceRow,
        artefacts: Artefacts | None,
        now: float,
        reachable: bool,  # noqa: FBT001 - one of five readings taken together
        silent: str | None,
    ) -> bool:
        phase = Phase(instance.phase)
        told = instance.conditions.get(Condition.NODE_UNREACHABLE.value)
        return (
            (phase in {Phase.PREPARING, Phase.BUILDING} and artefacts is not None)
            or (phase is Phase.PENDING and reachable)
            or _late(instance, now, reachable=reachable)
            or (told is not None and reachable)
            or (silent is not None and told is None)
        )


def _advance_one(
    change: Change,
    row: WorkspaceRow,
    instance: InstanceRow,
    artefacts: Artefacts | None,
    reachable: bool,  # noqa: FBT001 - as above
    silent: str | None,
) -> None:
    if (reachable or silent is not None) and mark(instance, Condition.NODE_UNREACHABLE, silent):
        change.touch(row)
    if artefacts is not None:
        happen(change, row, instance, Event.RESOLVED, detail=artefacts.image[:12])
    if reachable:
        happen(change, row, instance, Event.PLACED, detail="this machine")
    if _late(instance, change.now, reachable=reachable):
        happen(change, row, instance, Event.DEADLINE)


def _late(instance: InstanceRow, now: float, *, reachable: bool) -> bool:
    """Tell whether the deadline counts; a silent node's silence proves nothing."""
    if instance.deadline is None or now < instance.deadline:
        return False
    return reachable or OWNERS[Phase(instance.phase)] is Owner.SERVER


def _live() -> Select[WorkspaceRow, InstanceRow]:
    return (
        select(WorkspaceRow, InstanceRow)
        .join(
            InstanceRow,
            (InstanceRow.workspace_id == WorkspaceRow.id) & (InstanceRow.n == WorkspaceRow.n),
        )
        .where(InstanceRow.live)
    )


def _wished() -> Select[WorkspaceRow]:
    """Workspaces that were asked to start while they stopped, and have stopped now."""
    return select(WorkspaceRow).where(WorkspaceRow.wish == "running", ~_has_live())


async def _leaving(session: AsyncSession) -> list[WorkspaceRow]:
    found = await session.execute(
        select(WorkspaceRow).where(
            WorkspaceRow.wish == "deleted", WorkspaceRow.deleted_at.is_(None), ~_has_live()
        )
    )
    return list(found.scalars().all())


def _has_live() -> Any:
    return exists().where(InstanceRow.workspace_id == WorkspaceRow.id, InstanceRow.live)
