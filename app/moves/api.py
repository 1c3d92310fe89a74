"""The JSON API over nodes, for this machine's root, and over starts elsewhere, for people."""

from typing import Annotated, Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter

from app.accounts.access import Action, Principal
from app.moves.service import Moves
from app.moves.structs import Elsewhere, NodeList
from app.workspaces.structs import WorkspaceView

WorkspaceId = Annotated[str, PathParameter(description="Its id.", max_length=64)]
NodeName = Annotated[str, PathParameter(description="As PODIUM_NODES has it.", max_length=64)]


@get("/internal/nodes", opt={"action": Action.PLATFORM}, include_in_schema=False)
async def list_nodes(moves: NamedDependency[Moves]) -> NodeList:
    """Return every node."""
    return await moves.list()


@post(
    "/internal/nodes/{node:str}/drain",
    opt={"action": Action.PLATFORM},
    include_in_schema=False,
    status_code=200,
)
async def drain_node(moves: NamedDependency[Moves], node: NodeName) -> NodeList:
    """Have a node emptied: what runs there stops, what has stopped moves."""
    return await moves.drain(node, draining=True)


@post(
    "/internal/nodes/{node:str}/take-back",
    opt={"action": Action.PLATFORM},
    include_in_schema=False,
    status_code=200,
)
async def take_back_node(moves: NamedDependency[Moves], node: NodeName) -> NodeList:
    """Let starts begin on a node again."""
    return await moves.drain(node, draining=False)


@post(
    "/internal/nodes/{node:str}/lost",
    opt={"action": Action.PLATFORM},
    include_in_schema=False,
    status_code=200,
)
async def lose_node(moves: NamedDependency[Moves], node: NodeName) -> NodeList:
    """Take a node for gone: its machine is off for good, and nothing runs there."""
    return await moves.lose(node)


@get(
    "/api/v1/workspaces/{workspace_id:str}/elsewhere",
    operation_id="seeElsewhere",
    opt={"action": Action.SEE_WORKSPACE},
    tags=["workspaces"],
)
async def see_elsewhere(
    principal: NamedDependency[Principal],
    moves: NamedDependency[Moves],
    workspace_id: WorkspaceId,
) -> Elsewhere:
    """Return whether it may start on another node while its own is lost, and from which point."""
    return await moves.elsewhere(principal, workspace_id)


@post(
    "/api/v1/workspaces/{workspace_id:str}/elsewhere",
    operation_id="startElsewhere",
    opt={"action": Action.CHANGE_WORKSPACE},
    status_code=202,
    tags=["workspaces"],
)
async def start_elsewhere(
    principal: NamedDependency[Principal],
    moves: NamedDependency[Moves],
    workspace_id: WorkspaceId,
) -> WorkspaceView:
    """Start it on another node from its last restore point, since its own is lost."""
    return await moves.start(principal, workspace_id)


route_handlers: list[Any] = [
    list_nodes,
    drain_node,
    take_back_node,
    lose_node,
    see_elsewhere,
    start_elsewhere,
]
