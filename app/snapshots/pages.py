"""Pages of snapshots: a workspace's list with the form of a new one, and what a link opens."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body
from msgspec import Meta, Struct

from app.accounts.access import Action, Principal, Shared
from app.accounts.keys import Keys
from app.accounts.pages import PAGE_HANDLERS, shell
from app.snapshots.api import SnapshotId
from app.snapshots.contexts import (
    OpenContext,
    list_context,
    look_of,
    mine_context,
    mine_list,
    snapshots_context,
)
from app.snapshots.service import Snapshots
from app.snapshots.structs import CreateSnapshot, Lasts, OpenSnapshot, SnapshotName
from app.web.render import Renderer
from app.workspaces.parameters import WorkspaceId
from app.workspaces.service import WorkspaceService

Page = Request[Any, Any, Any]
Service = NamedDependency[Snapshots]
_SEE: dict[str, Any] = {"action": Action.SEE_WORKSPACE, "page": True}
_MAKE: dict[str, Any] = {"action": Action.MAKE_SNAPSHOT, "page": True}
_OPEN: dict[str, Any] = {"action": Action.OPEN_SNAPSHOT, "page": True}


class SnapshotForm(Struct, frozen=True):
    """What the form of a new snapshot sends."""

    name: SnapshotName = ""
    access: Shared = Shared.OWNER
    lasts: Lasts = "720h"


class OpenForm(Struct, frozen=True):
    """What the page of a link sends."""

    trust: Annotated[str, Meta(max_length=8)] = "no"


@get("/workspaces/{workspace_id:str}/snapshots", opt=_SEE)
async def snapshots_page(
    request: Page,
    principal: NamedDependency[Principal],
    snapshots: Service,
    workspaces: NamedDependency[WorkspaceService],
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
    workspace_id: WorkspaceId,
) -> Response[str]:
    """Show a workspace's snapshots."""
    view = await workspaces.get(principal, workspace_id)
    found = await snapshots.of_workspace(principal, workspace_id)
    context = snapshots_context(workspace_id, view.name, found)
    return renderer.page(request, shell(principal, keys, f"Snapshots of {view.name}"), context)


@get("/workspaces/{workspace_id:str}/snapshots/list", opt=_SEE)
async def snapshots_list(
    principal: NamedDependency[Principal],
    snapshots: Service,
    workspaces: NamedDependency[WorkspaceService],
    renderer: NamedDependency[Renderer],
    workspace_id: WorkspaceId,
) -> Response[str]:
    """Show the list anew."""
    return await _list(principal, snapshots, workspaces, renderer, workspace_id)


@post("/workspaces/{workspace_id:str}/snapshots", status_code=200, opt=_MAKE)
async def make_snapshot(
    principal: NamedDependency[Principal],
    snapshots: Service,
    workspaces: NamedDependency[WorkspaceService],
    renderer: NamedDependency[Renderer],
    workspace_id: WorkspaceId,
    data: Annotated[SnapshotForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Have one made."""
    wanted = CreateSnapshot(name=data.name, access=data.access, lasts=data.lasts)
    await snapshots.create(principal, workspace_id, wanted)
    return await _list(principal, snapshots, workspaces, renderer, workspace_id)


@post(
    "/workspaces/{workspace_id:str}/snapshots/{snapshot:str}/delete",
    status_code=200,
    opt={"action": Action.CHANGE_SNAPSHOT, "page": True},
)
async def delete_snapshot(
    principal: NamedDependency[Principal],
    snapshots: Service,
    workspaces: NamedDependency[WorkspaceService],
    renderer: NamedDependency[Renderer],
    workspace_id: WorkspaceId,
    snapshot: SnapshotId,
) -> Response[str]:
    """Let nobody open it any more."""
    await snapshots.delete(principal, snapshot)
    return await _list(principal, snapshots, workspaces, renderer, workspace_id)


@get("/snapshots", opt={"action": Action.LIST_OWN, "page": True})
async def mine_page(
    request: Page,
    principal: NamedDependency[Principal],
    snapshots: Service,
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
) -> Response[str]:
    """Show all of one's snapshots, also those of deleted workspaces."""
    context = mine_context(await snapshots.mine(principal))
    return renderer.page(request, shell(principal, keys, "Snapshots"), context)


@get("/snapshots/list", opt={"action": Action.LIST_OWN, "page": True})
async def mine_list_again(
    principal: NamedDependency[Principal],
    snapshots: Service,
    renderer: NamedDependency[Renderer],
) -> Response[str]:
    """Show the list of all of one's snapshots anew."""
    return renderer.piece(mine_list(await snapshots.mine(principal)))


@post(
    "/snapshots/{snapshot:str}/delete",
    status_code=200,
    opt={"action": Action.CHANGE_SNAPSHOT, "page": True},
)
async def delete_mine(
    principal: NamedDependency[Principal],
    snapshots: Service,
    renderer: NamedDependency[Renderer],
    snapshot: SnapshotId,
) -> Response[str]:
    """Let nobody open it any more, on the page of all."""
    await snapshots.delete(principal, snapshot)
    return renderer.piece(mine_list(await snapshots.mine(principal)))


@get("/snapshots/{snapshot:str}", opt=_OPEN)
async def open_page(
    request: Page,
    principal: NamedDependency[Principal],
    snapshots: Service,
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
    snapshot: SnapshotId,
) -> Response[str]:
    """Show what would be opened, and ask for trust. Nothing happens before the answer."""
    view = await snapshots.get(principal, snapshot)
    context = OpenContext(look_of(view))
    return renderer.page(request, shell(principal, keys, f"Snapshot {view.name}"), context)


@post("/snapshots/{snapshot:str}", opt=_OPEN)
async def open_snapshot(
    principal: NamedDependency[Principal],
    snapshots: Service,
    snapshot: SnapshotId,
    data: Annotated[OpenForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Make a workspace of it, and go and watch it start."""
    made = await snapshots.open(principal, snapshot, OpenSnapshot(trust=data.trust == "yes"))
    return Response(None, status_code=204, headers={"hx-redirect": f"/start/{made.id}"})


async def _list(
    principal: Principal,
    snapshots: Snapshots,
    workspaces: WorkspaceService,
    renderer: Renderer,
    workspace: str,
) -> Response[str]:
    view = await workspaces.get(principal, workspace)
    found = await snapshots.of_workspace(principal, workspace)
    return renderer.piece(list_context(workspace, view.name, found))


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[
            snapshots_page,
            snapshots_list,
            make_snapshot,
            delete_snapshot,
            mine_page,
            mine_list_again,
            delete_mine,
            open_page,
            open_snapshot,
        ],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
