"""What people do about nodes: see them, have one emptied, start a workspace without its own."""

from math import inf

from msgspec import convert
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.access import Action, Principal
from app.content.repositories import Repositories
from app.db.content import RestorePointRow
from app.db.snapshots import SnapshotRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Conflict, Missing
from app.moves.choosing import choose, why_none
from app.moves.draining import Draining
from app.moves.left import still_saves
from app.moves.losing import lose
from app.moves.moving import move, reads
from app.moves.node import Node
from app.moves.nodes import Nodes
from app.moves.structs import Elsewhere, NodeList, NodeView
from app.runtime.nodes import AllPoints
from app.runtime.port import Unreachable
from app.workspaces.archiving import end_restore, newest_point
from app.workspaces.lifecycle import Event
from app.workspaces.owned import own
from app.workspaces.service import WorkspaceService
from app.workspaces.starting import start
from app.workspaces.store import Store
from app.workspaces.structs import WorkspaceView
from app.workspaces.transitions import happen
from wire.ids import InstanceId
from wire.problems import Problem


class Moves:
    """Over rows, and the nodes."""

    def __init__(
        self,
        store: Store,
        nodes: Nodes,
        workspaces: WorkspaceService,
        repositories: Repositories,
        points: AllPoints | None,
        draining: Draining | None,
    ) -> None:
        """`points` is None where none are made: nothing moves then."""
        self._store = store
        self._nodes = nodes
        self._workspaces = workspaces
        self._repositories = repositories
        self._points = points
        self._draining = draining

    async def list(self) -> NodeList:
        """Return every node, the local one first; for this machine's root."""
        async with self._store.database.read() as session:
            here = await session.execute(
                select(WorkspaceRow.node, func.count())
                .where(WorkspaceRow.deleted_at.is_(None))
                .group_by(WorkspaceRow.node)
            )
            live = await session.execute(
                select(InstanceRow.node, func.count())
                .where(InstanceRow.live)
                .group_by(InstanceRow.node)
            )
            frozen = await session.execute(
                select(SnapshotRow.node, func.count())
                .where(SnapshotRow.state != "leaving")
                .group_by(SnapshotRow.node)
            )
            snapshots = {name: count for name, count in frozen.all()}  # noqa: C416 - rows are no pairs to mypy
            workspaces = {name: count for name, count in here.all()}  # noqa: C416 - rows are no pairs to mypy
            running = {name: count for name, count in live.all()}  # noqa: C416 - as above
            left = {
                one.name: await session.scalar(
                    select(func.count()).where(
                        WorkspaceRow.id.in_(_trees(one)), WorkspaceRow.node != one.name
                    )
                )
                for one in self._nodes.every.values()
            }
            unrestored = await _unrestored(session)
        stuck = {} if self._draining is None else self._draining.stuck
        return NodeList(
            nodes=[
                NodeView(
                    name=one.name,
                    address=one.address,
                    answers=one.candidate.answers,
                    draining=one.draining,
                    lost=one.lost,
                    seen=one.seen,
                    free=one.free,
                    workspaces=workspaces.get(one.name, 0),
                    running=running.get(one.name, 0),
                    snapshots=snapshots.get(one.name, 0),
                    left=left[one.name] or 0,
                    stuck=dict(stuck.get(one.name, {})) | unrestored.get(one.name, {}),
                )
                for one in self._nodes.every.values()
            ]
        )

    async def drain(self, name: str, *, draining: bool) -> NodeList:
        """Have a node emptied, or not any more. Raises Missing, and Conflict for the only one."""
        if name not in self._nodes.every:
            raise Missing(
                "node_unknown", f"There is no node {name[:64]}", cure="See `podium node list`."
            )
        if draining and not self._nodes.several:
            raise Conflict(
                "node_only",
                "It is the only node",
                "What is there could go nowhere.",
                "Name another one in PODIUM_NODES first.",
            )
        await self._nodes.drain(name, draining=draining)
        return await self.list()

    async def lose(self, name: str) -> NodeList:
        """Take a node for gone, since its machine is off for good. Raises Missing and Conflict."""
        self._check_leads()
        await lose(self._store, self._nodes, name)
        return await self.list()

    async def elsewhere(self, principal: Principal, workspace: str) -> Elsewhere:
        """Return what starting a workspace without its node would mean."""
        view = await self._workspaces.get(principal, workspace)
        self._check_leads()
        async with self._store.database.read() as session:
            row = await session.get_one(WorkspaceRow, view.id)
            point = await newest_point(session, row.id)
        return self._offer(row, point)

    async def start(self, principal: Principal, workspace: str) -> WorkspaceView:
        """Start it on another node, from its last restore point. Raises Conflict.

        What its own node still has becomes a restore point when that comes back.
        """
        offer = await self.elsewhere(principal, workspace)
        _raise(offer.problem)
        to = choose(self._nodes.candidates(), [offer.node, *self._nodes.holding(workspace)])
        repository = await self._repositories.open(workspace)
        if to is None or repository is None or self._points is None:
            raise Conflict("no_node", "No other node takes it", cure="See `podium node list`.")
        try:
            found = await reads(self._points, to, repository, offer.point)
        except Unreachable:
            found = False
        if not found:
            raise Conflict(
                "store_not_shared",
                f"Node {to} does not find its restore points",
                "They are where only the other node can read them.",
                "Give both the same object store or folder, or bring the node back.",
            )
        async with self._repositories.turn(workspace), self._store.change() as change:
            row, instance = await own(change, principal, Action.CHANGE_WORKSPACE, workspace)
            point = await newest_point(change.session, row.id)
            # asked again: its node may be back by now, and then it is the one that has the files
            _raise(self._offer(row, point).problem)
            assert point is not None
            if to in self._nodes.holding(row.id) or await still_saves(change.session, row.id, to):
                raise Conflict(
                    "left_there",
                    f"Node {to} still has something of it that is in no restore point",
                    cure="Podium saves that first; try again then.",
                )
            if instance is not None:
                happen(change, row, instance, Event.FORCE, actor=principal.user)
            await end_restore(change, row)
            move(change, row, self._store.secrets, to, point, principal.user)
            instance = await change.session.get(InstanceRow, str(InstanceId(row.id, row.n)))
            await start(change, row, instance, self._store.secrets, principal.user)
        return await self._workspaces.get(principal, workspace)

    def _check_leads(self) -> None:
        """Raise Conflict where another server grants nodes their time: it alone knows its end."""
        if not self._nodes.leads():
            raise Conflict(
                "not_leading",
                "Another server of this installation looks after the nodes",
                "Only that one knows whether a node may still run something.",
                "Ask again: the next answer may be that server's.",
            )

    def _offer(self, row: WorkspaceRow, point: RestorePointRow | None) -> Elsewhere:
        node = self._nodes.every.get(row.node)
        answers = node is not None and node.candidate.answers
        wait, holding = self._nodes.gone_in(row.node), self._nodes.holding(row.id)
        problem = None
        if answers or wait is None:
            problem = _here(row.node, answers=answers)
        elif row.wish == "deleted":
            problem = Problem(code="moving", status=409, title="It is being deleted already")
        elif point is None or self._points is None:
            problem = Problem(
                code="no_point",
                status=409,
                title="It has no restore point",
                detail=f"All that there is of it is on node {row.node}.",
                cure="Bring that node back.",
            )
        elif wait == inf:
            problem = Problem(
                code="node_may_run",
                status=409,
                title=f"Node {row.node} may still run it",
                detail="Nobody knows that it ever had a lease: nothing ends what runs there.",
                cure="Bring that node back. If its machine is off for good, whoever runs this"
                f" installation says so with `podium node lost {row.node}`.",
            )
        elif wait > 0:
            problem = Problem(
                code="node_may_run",
                status=409,
                title=f"Node {row.node} may still run it",
                detail=f"It stops by itself within {wait:.0f} s unless it answers before.",
                cure="Try again then.",
            )
        elif choose(self._nodes.candidates(), [row.node, *holding]) is None:
            problem = Problem(
                code="no_node",
                status=409,
                title="No other node takes it",
                detail=why_none(self._nodes.candidates(), [row.node], holding),
                cure="See `podium node list`.",
            )
        return Elsewhere(
            node=row.node,
            answers=answers,
            point="" if point is None else point.id,
            made=None if point is None else point.made_at,
            wait=None if wait == inf else wait,
            problem=problem,
        )


def _here(node: str, *, answers: bool) -> Problem:
    return Problem(
        code="node_here",
        status=409,
        title=f"Node {node} answers" if answers else f"Node {node} does not answer",
        detail="It has the workspace's files." if answers else "It is Podium's own machine.",
        cure="Start the workspace as usual." if answers else "Look at `podium status`.",
    )


def _raise(problem: Problem | None) -> None:
    if problem is not None:
        raise Conflict(problem.code, problem.title, problem.detail, problem.cure)


async def _unrestored(session: AsyncSession) -> dict[str, dict[str, str]]:
    """Return by node the workspaces whose files could not be brought there yet, and why."""
    rows = await session.scalars(
        select(WorkspaceRow).where(
            WorkspaceRow.restore_problem.is_not(None), WorkspaceRow.deleted_at.is_(None)
        )
    )
    told: dict[str, dict[str, str]] = {}
    for row in rows.all():
        title = convert(row.restore_problem, Problem).title
        told.setdefault(row.node, {})[row.id] = (
            f"Not restored there yet: {title}. It is tried again."
        )
    return told


def _trees(node: Node) -> list[str]:
    seen = node.reconciler.observed()
    return [] if seen is None else list(seen.contents)
