"""Pages of restore points: a workspace's list, its folders, and deleted workspaces."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from app.accounts.access import Action, Principal
from app.accounts.keys import Keys
from app.accounts.pages import PAGE_HANDLERS, shell
from app.content.api import PointId
from app.content.contexts import (
    BringingContext,
    DeletedContext,
    FreeContext,
    PointsContext,
    RestoreContext,
    files_context,
    look_of,
    points_context,
    progress_of,
)
from app.content.deleted import Deleted
from app.content.loop import Loop
from app.content.paths import read_path, write_path
from app.content.reading import Reading
from app.content.service import RestorePoints
from app.content.structs import NewFromPoint
from app.web.render import Renderer
from app.workspaces.parameters import WorkspaceId
from app.workspaces.service import WorkspaceService
from kit.durations import words_of

Page = Request[Any, Any, Any]
Points = NamedDependency[RestorePoints]
_SEE: dict[str, Any] = {"action": Action.SEE_WORKSPACE, "page": True}
_CHANGE: dict[str, Any] = {"action": Action.CHANGE_WORKSPACE, "page": True}
_READ: dict[str, Any] = {"action": Action.READ_CONTENT, "page": True}


@get("/workspaces/{workspace_id:str}/points", opt=_SEE)
async def points_page(
    request: Page,
    principal: NamedDependency[Principal],
    points: Points,
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
    workspace_id: WorkspaceId,
) -> Response[str]:
    """Show a workspace's restore points."""
    context = await _points(principal, points, workspace_id)
    title = f"Restore points of {context.whose.name}"
    return renderer.page(request, shell(principal, keys, title), context)


@post("/workspaces/{workspace_id:str}/points", status_code=200, opt=_CHANGE)
async def make_point(
    principal: NamedDependency[Principal],
    points: Points,
    renderer: NamedDependency[Renderer],
    content_loop: NamedDependency[Loop],
    workspace_id: WorkspaceId,
) -> Response[str]:
    """Have a point made now."""
    await points.make(principal, workspace_id)
    content_loop.wake()
    return await _list(principal, points, renderer, workspace_id)


@post("/workspaces/{workspace_id:str}/points/{point:str}/pin", status_code=200, opt=_CHANGE)
async def pin_point(
    principal: NamedDependency[Principal],
    points: Points,
    renderer: NamedDependency[Renderer],
    workspace_id: WorkspaceId,
    point: PointId,
    pinned: Annotated[bool, QueryParameter(name="pinned")] = True,  # noqa: FBT002 - a query parameter is named by its sender
) -> Response[str]:
    """Pin or unpin a point."""
    await points.pin(principal, workspace_id, point, pinned=pinned)
    return await _list(principal, points, renderer, workspace_id)


@get("/workspaces/{workspace_id:str}/points/{point:str}", opt=_READ)
async def files_page(
    request: Page,
    principal: NamedDependency[Principal],
    points: Points,
    reading: NamedDependency[Reading],
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
    workspace_id: WorkspaceId,
    point: PointId,
    path: Annotated[str, QueryParameter(name="path", max_length=8192)] = "",
) -> Response[str]:
    """Show a folder of a restore point."""
    whose = await points.whose(principal, workspace_id)
    view = await points.get(principal, workspace_id, point)
    files = await reading.browse(principal, workspace_id, point, path)
    context = files_context(whose, view, write_path(read_path(path)), files)
    title = f"{context.here} · {whose.name}"
    return renderer.page(request, shell(principal, keys, title), context)


@get("/workspaces/{workspace_id:str}/points/{point:str}/restore", opt=_CHANGE)
async def ask_restore(
    principal: NamedDependency[Principal],
    points: Points,
    renderer: NamedDependency[Renderer],
    workspace_id: WorkspaceId,
    point: PointId,
) -> Response[str]:
    """Say what a restore does: the content of the page's dialog."""
    whose = await points.whose(principal, workspace_id)
    view = await points.get(principal, workspace_id, point)
    return renderer.piece(RestoreContext(whose, look_of(view)))


@post("/workspaces/{workspace_id:str}/points/{point:str}/restore", opt=_CHANGE)
async def restore(
    principal: NamedDependency[Principal],
    points: Points,
    workspace_id: WorkspaceId,
    point: PointId,
) -> Response[Any]:
    """Restore in place, and go and watch."""
    await points.restore(principal, workspace_id, point)
    return _go(f"/workspaces/{workspace_id}/points")


@post("/workspaces/{workspace_id:str}/points/{point:str}/workspace", opt=_READ)
async def as_new(
    principal: NamedDependency[Principal],
    points: Points,
    workspace_id: WorkspaceId,
    point: PointId,
) -> Response[Any]:
    """Make another workspace of a point, and go there."""
    made = await points.as_new(principal, workspace_id, point, NewFromPoint())
    return _go(f"/workspaces/{made.id}")


@get("/workspaces/{workspace_id:str}/bringing", opt=_SEE)
async def bringing(
    principal: NamedDependency[Principal],
    points: Points,
    renderer: NamedDependency[Renderer],
    workspace_id: WorkspaceId,
) -> Response[str]:
    """Say how far the files are that a start waits for."""
    found = await points.list(principal, workspace_id)
    return renderer.piece(BringingContext(progress_of(found.restore)))


@get("/deleted", opt={"action": Action.LIST_OWN, "page": True})
async def deleted_page(
    request: Page,
    principal: NamedDependency[Principal],
    deleted: NamedDependency[Deleted],
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
) -> Response[str]:
    """Show deleted workspaces that can be restored."""
    keep = deleted.policy.keep_deleted
    context = DeletedContext(await deleted.list(principal), days_of(keep))
    return renderer.page(request, shell(principal, keys, "Deleted workspaces"), context)


@post("/deleted/{workspace_id:str}/restore", opt={"action": Action.DELETE_WORKSPACE, "page": True})
async def bring_back(
    principal: NamedDependency[Principal],
    deleted: NamedDependency[Deleted],
    workspace_id: WorkspaceId,
) -> Response[Any]:
    """Undo a deletion, and go there."""
    await deleted.bring_back(principal, workspace_id)
    return _go(f"/workspaces/{workspace_id}")


@get("/deleted/{workspace_id:str}/free", opt={"action": Action.DELETE_WORKSPACE, "page": True})
async def ask_free(
    principal: NamedDependency[Principal],
    deleted: NamedDependency[Deleted],
    renderer: NamedDependency[Renderer],
    workspace_id: WorkspaceId,
) -> Response[str]:
    """Say what is lost without the last point: the content of the page's dialog."""
    return renderer.piece(FreeContext(await deleted.pending(principal, workspace_id)))


@post("/deleted/{workspace_id:str}/free", opt={"action": Action.DELETE_WORKSPACE, "page": True})
async def free(
    principal: NamedDependency[Principal],
    workspaces: NamedDependency[WorkspaceService],
    workspace_id: WorkspaceId,
) -> Response[Any]:
    """Give up the files of a deleted workspace, and show what is left."""
    await workspaces.delete(principal, workspace_id, force=True)
    return _go("/deleted")


def days_of(seconds: float) -> str:
    """Return a long time for people; empty for none."""
    days, rest = divmod(seconds, 24 * 3600)
    if rest or not days:
        return words_of(seconds) if seconds else ""
    return "1 day" if days == 1 else f"{int(days)} days"


async def _points(principal: Principal, points: RestorePoints, workspace: str) -> PointsContext:
    whose = await points.whose(principal, workspace)
    return points_context(whose, await points.list(principal, workspace), points.every)


async def _list(
    principal: Principal, points: RestorePoints, renderer: Renderer, workspace: str
) -> Response[str]:
    return renderer.piece((await _points(principal, points, workspace)).shown)


def _go(place: str) -> Response[Any]:
    return Response(None, status_code=204, headers={"hx-redirect": place})


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[
            points_page,
            make_point,
            pin_point,
            files_page,
            ask_restore,
            restore,
            as_new,
            bringing,
            deleted_page,
            bring_back,
            ask_free,
            free,
        ],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
