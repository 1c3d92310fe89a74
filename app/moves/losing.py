"""The word of whoever runs the installation that a node's machine is off for good.

Of a node that was never known to take a lease nobody else knows that it has stopped. The word holds
until that node answers; then it is told first what has moved, as any that comes back late.
"""

from sqlalchemy import select

from app.db.workspaces import LOCAL, WorkspaceRow
from app.faults import Conflict, Missing
from app.moves.nodes import Nodes
from app.workspaces.store import Store


async def lose(store: Store, nodes: Nodes, name: str) -> None:
    """Take a node for gone, and say so in the history of its workspaces.

    Raises Missing, and Conflict for one that answers and for Podium's own machine.
    """
    if not nodes.knows(name):
        raise Missing(
            "node_unknown", f"There is no node {name[:64]}", cure="See `podium node list`."
        )
    if name == LOCAL:
        raise Conflict(
            "node_own",
            "It is Podium's own machine",
            "Who has lost that has lost the server too.",
            "Bring the platform back from its backup, on another machine.",
        )
    if not await nodes.lose(name):
        raise Conflict(
            "node_answers",
            f"Node {name} answers",
            "It is not lost: what it runs would run twice.",
            f"To have it emptied: `podium node drain {name}`. Else switch its machine off first.",
        )
    async with store.change() as change:
        rows = await change.session.scalars(
            select(WorkspaceRow).where(WorkspaceRow.node == name, WorkspaceRow.deleted_at.is_(None))
        )
        for row in rows.all():
            change.touch(row)
            change.record(row, "node_lost", f"Its node {name} is said to be lost for good.")
