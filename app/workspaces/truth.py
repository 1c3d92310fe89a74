"""The reconciler's `Truth` over the database: what is wanted, and what was seen written down."""

from collections.abc import Awaitable, Callable, Sequence

from app.db.workspaces import LOCAL, InstanceRow, WorkspaceRow
from app.runtime.observe import Item
from app.runtime.plan import Desired, Goal
from app.runtime.port import Container, Credentials, Download, Initializer, Spec
from app.workspaces import activity, opening, reports
from app.workspaces.archiving import freed as archived
from app.workspaces.artefacts import Artefacts, images_of
from app.workspaces.forge import Kind
from app.workspaces.ides import WITH_JUPYTERLAB, WITH_VSCODE
from app.workspaces.lifecycle import LIMITS, Event
from app.workspaces.opened import trees_of
from app.workspaces.queue import Start, Turn, line_up
from app.workspaces.silence import Silence
from app.workspaces.standing import holder, last_written, late, leaving, live, wished
from app.workspaces.store import Change, Store
from app.workspaces.transitions import happen, mark, waits
from app.workspaces.trusting import begin
from wire.ids import InstanceId
from wire.phases import Condition, Phase, Step
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
        node: str = LOCAL,
        admits: Callable[[], bool] = lambda: True,
        elsewhere: Callable[[str], bool] = lambda _server: False,
    ) -> None:
        """`credentials` are asked for with a person and a URL that is about to be cloned.

        What is on other nodes than `node` is none of its business; `admits` tells whether
        starts may begin there, `elsewhere` whether another server lives, to which a supervisor
        may be connected.
        """
        self._node = node
        self._admits = admits
        self._store = store
        self._credentials = credentials
        self._artefacts = artefacts
        self._connected = connected
        self._elsewhere = elsewhere
        self.anew()

    def anew(self) -> None:
        """Begin as if nothing was seen yet: another server may have looked after it meanwhile."""
        self._silence, self._settled = Silence(self._store.clock, self._connected), False

    async def advance(self, *, reachable: bool) -> None:
        """Move on what waits for the server, for time, or for a node that answers."""
        if not self._settled or self._store.jumped():
            await self._settle()
        silent = self._silence.of_node(reachable=reachable)
        artefacts = self._artefacts()
        async with self._store.database.read() as session:
            rows = (await session.execute(live(self._node))).all()
            now = self._store.clock.now()
            mute = self._silence.of_supervisors(
                one.id
                for _, one in rows
                if activity.usable(one) and not self._elsewhere(one.linked)
            )
            turns = self._turns([one for _, one in rows], artefacts, reachable=reachable)
            due = any(
                self._due(one, turns.get(one.id), now, reachable, silent)
                or activity.quiet(one, mute, now)
                for _, one in rows
            )
            begins = self._admits() and (await session.scalars(wished(self._node))).first()
        if not due and not begins:
            return
        async with self._store.change() as change:
            waiting = (await change.session.execute(wished(self._node))).scalars().all()
            for row in waiting if self._admits() else ():
                await begin(change, row, self._store.secrets)
            rows = (await change.session.execute(live(self._node))).all()
            turns = self._turns([one for _, one in rows], artefacts, reachable=reachable)
            for row, instance in rows:
                turn = turns.get(instance.id)
                _advance_one(change, row, instance, turn, artefacts, reachable, silent)
                activity.hush(change, row, instance, mute)

    async def _settle(self) -> None:
        """Set right what is waited for: the clock has jumped, or may have while nobody looked."""
        async with self._store.change() as change:
            if self._settled:
                return
            for _, instance in (await change.session.execute(live(self._node))).all():
                limit = LIMITS[Phase(instance.phase)]
                if instance.deadline is not None and limit is not None:
                    soonest, latest = change.now + _AFTER_A_RESTART, change.now + limit
                    instance.deadline = min(max(instance.deadline, soonest), latest)
        self._settled = True

    async def desired(self) -> list[Desired]:
        """Return what is wanted of live instances, and of workspaces to be discarded."""
        artefacts = self._artefacts()
        async with self._store.database.read() as session:
            rows = (await session.execute(live(self._node))).all()
            gone = await leaving(session, self._node, keeps=self._store.policy.keep_deleted > 0)
            creating = [row.id for row, one in rows if one.phase == Phase.CREATING]
            left = await last_written(session, creating)
        wanted = [
            self._desired(
                row, instance, artefacts, await self._shown(row, instance), left.get(row.id, 0)
            )
            for row, instance in rows
        ]
        wanted += [Desired(instance=holder(row), goal=Goal.DISCARD) for row in gone]
        return wanted

    async def seen(self, items: list[Item]) -> None:
        """Write down containers and trees that changed, in one transaction."""
        if not items:
            return
        images = images_of(self._artefacts())
        async with self._store.change() as change:
            for item in items:
                found = await self._exactly(change, item.instance)
                if found is None:
                    continue
                if isinstance(item, Container):
                    reports.container(change, *found, item)
                else:
                    reports.content(change, *found, item, images)

    async def settled(self, instance: InstanceId) -> None:
        """Note that the stopping instance holds nothing any more: it has stopped."""
        async with self._store.change() as change:
            found = await self._exactly(change, instance)
            if found is not None:
                happen(change, *found, Event.SETTLED)

    async def failed(self, instance: InstanceId, problem: Problem | None) -> None:
        """Note that the instance cannot go on; without a problem its container is missing."""
        async with self._store.change() as change:
            found = await self._exactly(change, instance)
            if found is not None:
                mark(found[1], Condition.CONTAINER_DIED, "missing") if problem is None else None
                happen(change, *found, Event.FAILED, problem=problem or reports.MISSING)

    async def discarded(self, instance: InstanceId, freed: int) -> None:
        """Note that the content is gone: the workspace is too, or it is archived."""
        async with self._store.change() as change:
            row = await change.session.get(WorkspaceRow, instance.workspace)
            if row is None or holder(row) != instance or row.node != self._node:
                return
            if row.wish != "deleted":
                await archived(change, row, freed)
                return
            row.content = "none"
            if row.deleted_at is not None:
                return  # it was given up by force, and has been gone for people since then
            row.deleted_at = change.now
            change.touch(row)
            change.record(row, "deleted", f"Its content is gone; {freed} bytes are free again.")

    async def _exactly(
        self, change: Change, instance: InstanceId
    ) -> tuple[WorkspaceRow, InstanceRow] | None:
        """Return both when the instance is the newest, and here: one that has moved is another."""
        found = await change.exactly(instance)
        return None if found is None or found[0].node != self._node else found

    async def _shown(self, row: WorkspaceRow, instance: InstanceRow) -> Credentials:
        """Return what a clone shows to the host; nothing once there is content."""
        fresh = row.content == "none" and Phase(instance.phase) is Phase.CREATING
        if not fresh or row.snapshot or self._credentials is None:
            return Credentials()
        return await self._credentials(row.owner_id, row.url)

    def _desired(
        self,
        row: WorkspaceRow,
        instance: InstanceRow,
        artefacts: Artefacts | None,
        credentials: Credentials,
        left: int,
    ) -> Desired:
        goal = _GOALS[Phase(instance.phase)]
        if artefacts is None and goal is Goal.RUN:
            goal = Goal.WAIT
        spec = initializer = None
        if artefacts is not None:
            trees = trees_of(instance)
            spec = Spec(
                image=instance.image.get("digest") or artefacts.image,
                supervisor=artefacts.supervisor,
                ide=trees.get(WITH_VSCODE) or artefacts.vscode,
                jupyterlab=trees.get(WITH_JUPYTERLAB) or artefacts.jupyterlab,
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
                workspace_class=STANDARD_CLASS,
                left=left,
                snapshot=row.snapshot,
                downloads=tuple(Download(**one) for one in row.downloads),
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

    def _turns(
        self, rows: Sequence[InstanceRow], artefacts: Artefacts | None, *, reachable: bool
    ) -> dict[str, Turn]:
        starts = [
            Start(one.id, Phase(one.phase))
            for one in sorted(rows, key=lambda one: (one.created_at, one.id))
        ]
        if not self._admits():
            return {}
        most = self._store.policy.starting
        return line_up(starts, image=artefacts is not None, node=reachable, most=most)

    @staticmethod
    def _due(
        instance: InstanceRow,
        turn: Turn | None,
        now: float,
        reachable: bool,  # noqa: FBT001 - one of five readings taken together
        silent: str | None,
    ) -> bool:
        told = instance.conditions.get(Condition.NODE_UNREACHABLE.value)
        return (
            (turn is not None and (turn.go or not _is_told(instance, turn)))
            or late(instance, now, reachable=reachable)
            or (told is not None and reachable)
            or (silent is not None and told is None)
        )


def _is_told(instance: InstanceRow, turn: Turn) -> bool:
    """Tell whether the step that waits says what for."""
    return (instance.steps.get(turn.step.value) or {}).get("detail") == turn.detail


def _advance_one(
    change: Change,
    row: WorkspaceRow,
    instance: InstanceRow,
    turn: Turn | None,
    artefacts: Artefacts | None,
    reachable: bool,  # noqa: FBT001 - as above
    silent: str | None,
) -> None:
    if (reachable or silent is not None) and mark(instance, Condition.NODE_UNREACHABLE, silent):
        change.touch(row)
    if artefacts is not None and instance.phase == Phase.PREPARING:
        opening.resolve(row, instance, change.ides, artefacts)
        happen(change, row, instance, Event.RESOLVED, detail="default")
    if turn is not None and turn.go:
        happen(change, row, instance, Event.PLACED, detail=_place(row.node))
    elif turn is not None and not _is_told(instance, turn):
        waits(change, row, instance, turn.step, turn.detail)
    if late(instance, change.now, reachable=reachable):
        happen(change, row, instance, Event.DEADLINE)


def _place(node: str) -> str:
    return "this machine" if node == LOCAL else f"node {node}"
