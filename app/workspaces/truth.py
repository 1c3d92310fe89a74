"""The reconciler's `Truth` over the database: what is wanted, and what was seen written down."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.workspaces import InstanceRow, WorkspaceRow
from app.runtime.observe import Item
from app.runtime.plan import Desired, Goal
from app.runtime.port import Container, Credentials, Initializer, Spec
from app.workspaces import reports
from app.workspaces.artefacts import Artefacts
from app.workspaces.forge import Kind
from app.workspaces.lifecycle import LIMITS, OWNERS, USED, Event, Owner
from app.workspaces.silence import Silence
from app.workspaces.store import Change, Store
from app.workspaces.timeouts import stop_of
from app.workspaces.transitions import happen, mark
from app.workspaces.trusting import begin
from wire.ids import InstanceId
from wire.phases import Condition, Phase, Step, StopReason
from wire.problems import Problem

STANDARD_CLASS = "standard"
_AFTER_A_RESTART = 30.0
"""Seconds that are left at least to what is waited for when this process begins."""

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

    def __init__(
        self,
        store: Store,
        artefacts: Callable[[], Artefacts | None],
        connected: Callable[[str], bool] = lambda _instance: True,
        credentials: Callable[[str, str], Awaitable[Credentials]] | None = None,
    ) -> None:
        """`credentials` are asked for with a person and a URL that is about to be cloned."""
        self._store = store
        self._credentials = credentials
        self._artefacts = artefacts
        self._silence = Silence(store.clock, connected)
        self._settled = False

    async def advance(self, *, reachable: bool) -> None:
        """Move on what waits for the server, for time, or for a node that answers."""
        if not self._settled or self._store.jumped():
            await self._settle()
        silent = self._silence.of_node(reachable=reachable)
        artefacts = self._artefacts()
        async with self._store.database.read() as session:
            rows = (await session.execute(_live())).all()
            now = self._store.clock.now()
            mute = self._silence.of_supervisors([one.id for _, one in rows if _usable(one)])
            due = any(
                self._due(one, artefacts, now, reachable, silent) or _quiet(one, mute, now)
                for _, one in rows
            )
            waiting = (await session.execute(_wished())).first() is not None
        if not due and not waiting:
            return
        async with self._store.change() as change:
            for row in (await change.session.execute(_wished())).scalars().all():
                await begin(change, row, self._store.secrets)
            for row, instance in (await change.session.execute(_live())).all():
                _advance_one(change, row, instance, artefacts, reachable, silent)
                _hush(change, row, instance, mute)

    async def _settle(self) -> None:
        """Set right what is waited for: the clock has jumped, or may have while nobody looked."""
        async with self._store.change() as change:
            if self._settled:
                return
            for _, instance in (await change.session.execute(_live())).all():
                limit = LIMITS[Phase(instance.phase)]
                if instance.deadline is not None and limit is not None:
                    soonest, latest = change.now + _AFTER_A_RESTART, change.now + limit
                    instance.deadline = min(max(instance.deadline, soonest), latest)
        self._settled = True

    async def desired(self) -> list[Desired]:
        """Return what is wanted of live instances, and of workspaces to be discarded."""
        artefacts = self._artefacts()
        async with self._store.database.read() as session:
            rows = (await session.execute(_live())).all()
            leaving = await _leaving(session)
        wanted = [
            self._desired(row, instance, artefacts, await self._shown(row, instance))
            for row, instance in rows
        ]
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

    async def _shown(self, row: WorkspaceRow, instance: InstanceRow) -> Credentials:
        """Return what a clone shows to the host; nothing once there is content."""
        fresh = row.content == "none" and Phase(instance.phase) is Phase.CREATING
        if not fresh or self._credentials is None:
            return Credentials()
        return await self._credentials(row.owner_id, row.url)

    def _desired(
        self,
        row: WorkspaceRow,
        instance: InstanceRow,
        artefacts: Artefacts | None,
        credentials: Credentials,
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
                credentials=credentials,
                partial=row.partial,
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


def _usable(instance: InstanceRow) -> bool:
    return Phase(instance.phase) in USED


def _quiet(instance: InstanceRow, mute: Mapping[str, bool], now: float) -> bool:
    """Tell whether `_hush` has something to write down."""
    if instance.id not in mute:
        return _stop(instance, now) is not None
    told = Condition.SUPERVISOR_SILENT.value in instance.conditions
    return (mute[instance.id] and not told) or _stop(instance, now) is StopReason.LIFETIME


def _stop(instance: InstanceRow, now: float) -> StopReason | None:
    if not _usable(instance):
        return None
    stop = stop_of(instance.timeout, instance.active_at, instance.until)
    return stop.reason if stop is not None and now >= stop.at else None


def _hush(
    change: Change, row: WorkspaceRow, instance: InstanceRow, mute: Mapping[str, bool]
) -> None:
    """Stop what nobody uses; of whom no supervisor tells, say so instead."""
    if mute.get(instance.id, False) and mark(
        instance, Condition.SUPERVISOR_SILENT, "The supervisor inside does not answer."
    ):
        change.touch(row)
    stop = _stop(instance, change.now)
    if stop is StopReason.LIFETIME or (stop is not None and instance.id not in mute):
        happen(change, row, instance, Event.TIMED_OUT, reason=stop)


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
