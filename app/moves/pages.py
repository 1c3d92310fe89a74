"""The page of a start elsewhere: how old it would be is read before it is done."""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency

from app.accounts.access import Action, Principal
from app.accounts.keys import Keys
from app.accounts.pages import PAGE_HANDLERS, shell
from app.moves.contexts import ElsewhereContext
from app.moves.service import Moves
from app.web.render import Renderer
from app.workspaces.parameters import WorkspaceId
from app.workspaces.service import WorkspaceService

Page = Request[Any, Any, Any]


@get(
    "/workspaces/{workspace_id:str}/elsewhere",
    opt={"action": Action.SEE_WORKSPACE, "page": True},
)
async def elsewhere_page(
    request: Page,
    principal: NamedDependency[Principal],
    moves: NamedDependency[Moves],
    workspaces: NamedDependency[WorkspaceService],
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
    workspace_id: WorkspaceId,
) -> Response[str]:
    """Show what starting it without its node would mean."""
    view = await workspaces.get(principal, workspace_id)
    offer = await moves.elsewhere(principal, workspace_id)
    context = ElsewhereContext(view.id, view.name, offer)
    return renderer.page(request, shell(principal, keys, f"Start {view.name} elsewhere"), context)


@post(
    "/workspaces/{workspace_id:str}/elsewhere",
    status_code=200,
    opt={"action": Action.CHANGE_WORKSPACE, "page": True},
)
async def start_it_elsewhere(
    principal: NamedDependency[Principal],
    moves: NamedDependency[Moves],
    workspace_id: WorkspaceId,
) -> Response[str]:
    """Start it there, and lead to the page of its start."""
    view = await moves.start(principal, workspace_id)
    return Response("", headers={"HX-Redirect": f"/start/{view.id}"})


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[elsewhere_page, start_it_elsewhere],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
