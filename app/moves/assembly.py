"""Puts the nodes together, and what moves workspaces between them."""

from dataclasses import dataclass
from typing import Any

from app.content.loop import Loop
from app.content.repositories import Repositories
from app.db.nodes import whereabouts
from app.db.workspaces import LOCAL
from app.moves.draining import Draining
from app.moves.left import LeftBehind
from app.moves.nodes import Nodes
from app.moves.service import Moves
from app.runtime.nodes import AllPoints
from app.runtime.points import Points
from app.workspaces.service import WorkspaceService
from app.workspaces.store import Store


@dataclass(frozen=True, slots=True)
class MovesService:
    """The parts that others ask."""

    nodes: Nodes
    moves: Moves
    loop: Loop

    @property
    def parts(self) -> dict[str, Any]:
        """What handlers ask for by name."""
        return {"nodes": self.nodes, "moves": self.moves, "moves_loop": self.loop}


def assemble(
    store: Store,
    nodes: Nodes,
    workspaces: WorkspaceService,
    repositories: Repositories,
    points: Points | None,
) -> MovesService:
    """Return the service's parts; with one node, or without `points`, nothing ever moves."""
    draining, parts = None, list[Any]()
    everywhere = points if isinstance(points, AllPoints) else None
    if points is not None and everywhere is None:
        everywhere = AllPoints({LOCAL: points}, whereabouts(store.database), nodes.answers)
    if everywhere is not None:
        # the last one of several may still have what is left of workspaces
        left = LeftBehind(store, nodes, everywhere, repositories)
        parts = [left]
        if nodes.several:
            draining = Draining(store, nodes, everywhere, repositories, {})
            nodes.before_grant = left.tell
            parts = [draining, left]
    loop = Loop(parts)
    if parts:
        store.listen(loop.wake)
    moves = Moves(store, nodes, workspaces, repositories, everywhere, draining)
    return MovesService(nodes, moves, loop)
