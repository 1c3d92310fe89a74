"""What the row menu and the list's head do: rename, pin, restart, archive, stop many."""

from typing import Annotated, Any

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from msgspec import Struct

from app.accounts.access import Action, Principal
from app.accounts.pages import PAGE_HANDLERS
from app.ides.structs import Choice
from app.web.render import Renderer
from app.workspaces.contexts import ArchiveContext, RenameContext, StopAllContext
from app.workspaces.looks import look_of
from app.workspaces.newpage import TimeZone
from app.workspaces.parameters import WorkspaceId
from app.workspaces.preferring import Preferring
from app.workspaces.service import WorkspaceService
from app.workspaces.structs import ChangeWorkspace, WorkspaceName
from app.workspaces.upkeep import MOST, Upkeep


class NameForm(Struct, frozen=True):
    """What the dialog for a name sends."""

    name: WorkspaceName


class IdeForm(Struct, frozen=True):
    """What the choice of an editor sends."""

    ide: Choice


class ManyForm(Struct, frozen=True):
    """What the dialog for many sends: ids."""

    workspace: list[str] | str = ""


@get("/workspaces/{workspace_id:str}/rename", opt={"action": Action.CHANGE_WORKSPACE, "page": True})
async def ask_name(
    principal: NamedDependency[Principal],
    workspaces: NamedDependency[WorkspaceService],
    renderer: NamedDependency[Renderer],
    workspace_id: WorkspaceId,
) -> Response[str]:
    """Show a field with the name: the content of the page's dialog."""
    return renderer.piece(RenameContext(await workspaces.get(principal, workspace_id)))


@post(
    "/workspaces/{workspace_id:str}/rename", opt={"action": Action.CHANGE_WORKSPACE, "page": True}
)
async def rename(
    principal: NamedDependency[Principal],
    upkeep: NamedDependency[Upkeep],
    workspace_id: WorkspaceId,
    data: Annotated[NameForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Rename; the live connection shows it."""
    await upkeep.change(principal, workspace_id, ChangeWorkspace(name=data.name))
    return Response(None, status_code=204)


@post("/workspaces/{workspace_id:str}/pin", opt={"action": Action.CHANGE_WORKSPACE, "page": True})
async def pin(
    principal: NamedDependency[Principal],
    upkeep: NamedDependency[Upkeep],
    workspace_id: WorkspaceId,
    pinned: Annotated[bool, QueryParameter(name="pinned")] = True,  # noqa: FBT002 - a query parameter is named by its sender
) -> Response[Any]:
    """Pin or unpin; the live connection shows it."""
    await upkeep.change(principal, workspace_id, ChangeWorkspace(pinned=pinned))
    return Response(None, status_code=204)


@post(
    "/workspaces/{workspace_id:str}/restart", opt={"action": Action.CHANGE_WORKSPACE, "page": True}
)
async def restart(
    principal: NamedDependency[Principal],
    upkeep: NamedDependency[Upkeep],
    preferring: NamedDependency[Preferring],
    workspace_id: WorkspaceId,
    time_zone: TimeZone = "",
) -> Response[Any]:
    """Stop and start again, and go and watch."""
    await preferring.told_zone(principal, time_zone)
    await upkeep.restart(principal, workspace_id)
    return Response(None, status_code=204, headers={"hx-redirect": f"/start/{workspace_id}"})


@get(
    "/workspaces/{workspace_id:str}/archive", opt={"action": Action.CHANGE_WORKSPACE, "page": True}
)
async def ask_archive(
    principal: NamedDependency[Principal],
    workspaces: NamedDependency[WorkspaceService],
    renderer: NamedDependency[Renderer],
    workspace_id: WorkspaceId,
) -> Response[str]:
    """Say what an archive means: the content of the page's dialog."""
    return renderer.piece(ArchiveContext(look_of(await workspaces.get(principal, workspace_id))))


@post(
    "/workspaces/{workspace_id:str}/archive", opt={"action": Action.CHANGE_WORKSPACE, "page": True}
)
async def archive(
    principal: NamedDependency[Principal],
    upkeep: NamedDependency[Upkeep],
    workspace_id: WorkspaceId,
) -> Response[Any]:
    """Archive; the live connection shows it."""
    await upkeep.archive(principal, workspace_id)
    return Response(None, status_code=204)


@post("/workspaces/{workspace_id:str}/ide", opt={"action": Action.CHANGE_WORKSPACE, "page": True})
async def set_ide(
    principal: NamedDependency[Principal],
    upkeep: NamedDependency[Upkeep],
    workspace_id: WorkspaceId,
    data: Annotated[IdeForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Choose what it opens with; the live connection shows it."""
    await upkeep.change(principal, workspace_id, ChangeWorkspace(ide=data.ide))
    return Response(None, status_code=204)


@get("/stop", opt={"action": Action.LIST_OWN, "page": True})
async def ask_stop_all(
    principal: NamedDependency[Principal],
    workspaces: NamedDependency[WorkspaceService],
    renderer: NamedDependency[Renderer],
) -> Response[str]:
    """Show what runs, to choose from: the content of the page's dialog."""
    looks = [look_of(view) for view in await workspaces.list(principal)]
    return renderer.piece(StopAllContext([one for one in looks if one.stoppable][:MOST]))


@post("/stop", opt={"action": Action.LIST_OWN, "page": True})
async def stop_all(
    principal: NamedDependency[Principal],
    upkeep: NamedDependency[Upkeep],
    data: Annotated[ManyForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Stop what was chosen; the live connection shows it."""
    chosen = [data.workspace] if isinstance(data.workspace, str) else data.workspace
    await upkeep.stop_all(principal, [one for one in chosen if one])
    return Response(None, status_code=204)


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[
            ask_name,
            rename,
            pin,
            restart,
            ask_archive,
            archive,
            set_ide,
            ask_stop_all,
            stop_all,
        ],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
