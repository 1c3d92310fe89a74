"""Whether what a node has left of a workspace, all in a restore point, may be freed."""

from sqlalchemy import select

from app.content.restoring import LEFT_THERE, REFUSED
from app.db.content import RestoreRow
from app.db.sessions import Database
from app.db.workspaces import WorkspaceRow
from app.moves.nodes import WHOLE, Nodes
from wire.phases import Condition

_OF_THE_NODE = frozenset({Condition.DISK_FULL.value, LEFT_THERE.code, REFUSED.code})
"""Why a restore failed that says nothing of its point."""


async def is_needed(database: Database, nodes: Nodes, row: WorkspaceRow) -> bool:
    """Tell whether a saved tree of a workspace may be all that there is of it.

    Not while its own node has its files, nor once that has stopped for good: then it goes on from
    its points, and may do so where this tree is. A point that could not be restored is not
    believed.
    """
    if _is_elsewhere(nodes, row):
        return False
    if nodes.gone_in(row.node) != 0:
        return True
    if row.content == "present":
        return False
    async with database.read() as session:
        last = await session.scalar(
            select(RestoreRow)
            .where(RestoreRow.workspace_id == row.id)
            .order_by(RestoreRow.asked_at.desc(), RestoreRow.id)
            .limit(1)
        )
    problem = None if last is None else last.problem
    return problem is not None and problem["code"] not in _OF_THE_NODE


def _is_elsewhere(nodes: Nodes, row: WorkspaceRow) -> bool:
    """Tell whether its own node has its files, or nobody wants them."""
    own = nodes.every.get(row.node)
    seen = None if own is None else own.reconciler.observed()
    gone = row.deleted_at is not None and row.content == "none"
    tree = None if seen is None else seen.contents.get(row.id)
    # a restore that has failed is told of as well, and has left nothing there
    there = tree is not None and tree.state in WHOLE
    return not row.restoring and (gone or there)
