"""Where workspaces stand: which live, which shall start, which shall go; as the database has it."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.content import RestorePointRow
from app.db.workspaces import LOCAL, InstanceRow, WorkspaceRow
from app.workspaces.lifecycle import OWNERS, Owner
from wire.ids import InstanceId
from wire.phases import Phase, Step, StepState

BEFORE_DELETION: Final = "delete"
UNMADE: Final = ("wanted", "working", "failed")
"""Words of `app.content.deciding`, which stands above."""


def live(node: str | None = None) -> Select[WorkspaceRow, InstanceRow]:
    """Return every live instance with its workspace; `node` leaves out what is elsewhere."""
    return (
        select(WorkspaceRow, InstanceRow)
        .join(
            InstanceRow,
            (InstanceRow.workspace_id == WorkspaceRow.id) & (InstanceRow.n == WorkspaceRow.n),
        )
        .where(InstanceRow.live, _at(node))
    )


def wished(node: str = LOCAL) -> Select[WorkspaceRow]:
    """Return workspaces that were asked to start while they stopped, and have stopped now.

    One that is being restored, or will be again, waits for that first, and one whose node's copy is
    being freed.
    """
    return select(WorkspaceRow).where(
        WorkspaceRow.wish == "running",
        WorkspaceRow.restoring == "",
        WorkspaceRow.node == node,
        WorkspaceRow.archived_at.is_(None),
        WorkspaceRow.restore_problem.is_(None),
        ~has_live(),
    )


def _at(node: str | None) -> ColumnElement[bool]:
    return true() if node is None else WorkspaceRow.node == node


def holder(row: WorkspaceRow) -> InstanceId:
    """Return the instance as which a node holds the workspace's tree, or held it last."""
    return InstanceId(row.id, max(row.n, row.held))


async def last_written(session: AsyncSession, workspaces: Sequence[str]) -> dict[str, int]:
    """Return of each workspace the newest start whose tree was in place: it may have written."""
    if not workspaces:
        return {}
    done = InstanceRow.steps[Step.CONTENT.value]["state"].as_string() == StepState.DONE.value
    found = await session.execute(
        select(InstanceRow.workspace_id, func.max(InstanceRow.n))
        .where(InstanceRow.workspace_id.in_(workspaces), done)
        .group_by(InstanceRow.workspace_id)
    )
    return {workspace: n for workspace, n in found.all()}  # noqa: C416 - rows are no pairs to mypy


async def leaving(session: AsyncSession, node: str = LOCAL, *, keeps: bool) -> list[WorkspaceRow]:
    """Return what of a node's content may be freed: of deleted workspaces, and of archived ones.

    `keeps`: of deleted ones only what is in a restore point, or was given up. Otherwise all but
    what was deleted while points were made, and waits for its last one: somebody was told that it
    stays. What is archived is in a point in any case.
    """
    still = or_(WorkspaceRow.deleted_at.is_(None), WorkspaceRow.content == "present")
    may = or_(WorkspaceRow.given_up, safe()) if keeps else or_(~_awaits_point(), safe())
    deleted = and_(WorkspaceRow.wish == "deleted", still, may)
    found = await session.execute(
        select(WorkspaceRow).where(or_(deleted, freeing()), _at(node), ~has_live())
    )
    return list(found.scalars().all())


def _awaits_point() -> ColumnElement[bool]:
    wished = exists().where(
        RestorePointRow.workspace_id == WorkspaceRow.id,
        RestorePointRow.reason == BEFORE_DELETION,
        RestorePointRow.state.in_(UNMADE),
    )
    promised = or_(WorkspaceRow.deleted_at.is_not(None), wished)
    return and_(WorkspaceRow.content == "present", ~WorkspaceRow.given_up, promised)


def freeing() -> ColumnElement[bool]:
    """Tell of workspaces that are archived but for the node's copy, which is being freed.

    From here there is no way back: whoever wants to start one waits until it is freed.
    """
    return and_(
        WorkspaceRow.archived_at.is_not(None),
        WorkspaceRow.content == "present",
        WorkspaceRow.wish != "deleted",
        WorkspaceRow.deleted_at.is_(None),
        WorkspaceRow.restoring == "",
        safe(),
    )


def safe() -> ColumnElement[bool]:
    """Tell of stopped workspaces that everything in them is in a restore point."""
    return or_(
        WorkspaceRow.content == "none",
        WorkspaceRow.backed_up_stop == WorkspaceRow.n,
    )


def has_live() -> Any:
    """Tell of workspaces that they have a live instance."""
    return exists().where(InstanceRow.workspace_id == WorkspaceRow.id, InstanceRow.live)


def late(instance: InstanceRow, now: float, *, reachable: bool) -> bool:
    """Tell whether the deadline counts; a silent node's silence proves nothing."""
    if instance.deadline is None or now < instance.deadline:
        return False
    return reachable or OWNERS[Phase(instance.phase)] is Owner.SERVER
