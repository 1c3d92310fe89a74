"""Pages of workspaces: the list, New, Start, and a workspace's own; and what their buttons do."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter, QueryParameter
from msgspec import Meta, Struct

from app.accounts.access import Action, Principal
from app.accounts.keys import Keys
from app.accounts.pages import PAGE_HANDLERS, shell
from app.settings import Settings
from app.web.render import Renderer
from app.workspaces.awake import Timeouts
from app.workspaces.back import PARAMETER, back_of_page, read_back
from app.workspaces.cleaning import archived_after
from app.workspaces.contexts import (
    DeleteContext,
    detail_context,
    list_context,
    start_context,
)
from app.workspaces.ides import Ides
from app.workspaces.looks import look_of
from app.workspaces.newpage import TimeZone, go, go_to_start
from app.workspaces.parameters import WorkspaceId
from app.workspaces.platform import Platform
from app.workspaces.preferring import Preferring
from app.workspaces.service import WorkspaceService
from app.workspaces.store import Store
from app.workspaces.structs import PortSettings, Visibility
from app.workspaces.styleguide import styleguide
from app.workspaces.views import terminals_url
from app.workspaces.vitals import Vitals

Page = Request[Any, Any, Any]
Service = NamedDependency[WorkspaceService]


class TimeoutForm(Struct, frozen=True):
    """What the choice of a timeout sends."""

    timeout: Annotated[str, Meta(max_length=64)] = ""


@get("/", opt={"action": Action.LIST_OWN, "page": True})
async def list_page(
    request: Page,
    principal: NamedDependency[Principal],
    workspaces: Service,
    vitals: NamedDependency[Vitals],
    platform: NamedDependency[Platform],
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
) -> Response[str]:
    """Show the start field and the workspaces."""
    views, recent = await workspaces.list(principal), await workspaces.recent(principal)
    told = await platform.backup()
    context = list_context(views, recent, vitals, told.problem)
    return renderer.page(request, shell(principal, keys, "Workspaces", "workspaces"), context)


@get("/start/{workspace_id:str}", opt={"action": Action.SEE_WORKSPACE, "page": True})
async def start_page(
    request: Page,
    principal: NamedDependency[Principal],
    workspaces: Service,
    vitals: NamedDependency[Vitals],
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
    settings: NamedDependency[Settings],
    workspace_id: WorkspaceId,
    back: Annotated[str, QueryParameter(name=PARAMETER)] = "",
) -> Response[str]:
    """Show a start as it happens; then it leads to the workspace, or back to where one was."""
    view = await workspaces.get(principal, workspace_id)
    events = await workspaces.events(principal, workspace_id)
    opens = settings.runtime == "node"
    to = read_back(settings.hosts, workspace_id, back)
    context = start_context(view, events, vitals.of(view), opens=opens, back=to)
    return renderer.page(request, shell(principal, keys, view.name), context)


@get("/workspaces/{workspace_id:str}", opt={"action": Action.SEE_WORKSPACE, "page": True})
async def workspace_page(
    request: Page,
    principal: NamedDependency[Principal],
    workspaces: Service,
    vitals: NamedDependency[Vitals],
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
    settings: NamedDependency[Settings],
    ides: NamedDependency[Ides],
    workspace_id: WorkspaceId,
) -> Response[str]:
    """Show a workspace."""
    view = await workspaces.get(principal, workspace_id)
    events = await workspaces.events(principal, workspace_id)
    context = detail_context(
        view,
        events,
        settings.hosts,
        vitals.of(view),
        settings.ssh_port,
        ides,
        archived_after(settings),
    )
    return renderer.page(request, shell(principal, keys, view.name), context)


@get("/workspaces/{workspace_id:str}/terminals", opt={"action": Action.SEE_WORKSPACE, "page": True})
async def terminals(
    principal: NamedDependency[Principal],
    workspaces: Service,
    workspace_id: WorkspaceId,
    terminal: Annotated[str, QueryParameter(name="id", max_length=64)] = "",
) -> Response[Any]:
    """Go to the workspace's terminals; where it does not run, the way there offers a start.

    What terminals say is not trusted, so their page is on the workspace's own host.
    """
    view = await workspaces.get(principal, workspace_id)
    place = terminals_url(view.ide_url, terminal)
    return Response(None, status_code=303, headers={"location": place})


@get("/workspaces/{workspace_id:str}/delete", opt={"action": Action.DELETE_WORKSPACE, "page": True})
async def ask_delete(
    principal: NamedDependency[Principal],
    workspaces: Service,
    vitals: NamedDependency[Vitals],
    renderer: NamedDependency[Renderer],
    store: NamedDependency[Store],
    workspace_id: WorkspaceId,
) -> Response[str]:
    """Say what a deletion would lose: the content of the page's dialog."""
    view = await workspaces.get(principal, workspace_id)
    keeps = store.policy.keep_deleted if view.backup else 0.0
    until = store.clock.now() + keeps if keeps else None
    return renderer.piece(DeleteContext(look_of(view, vitals.of(view)), until))


@post("/workspaces/{workspace_id:str}/start", opt={"action": Action.CHANGE_WORKSPACE, "page": True})
async def start(
    request: Page,
    principal: NamedDependency[Principal],
    workspaces: Service,
    settings: NamedDependency[Settings],
    preferring: NamedDependency[Preferring],
    ides: NamedDependency[Ides],
    workspace_id: WorkspaceId,
    time_zone: TimeZone = "",
    partial: Annotated[bool, QueryParameter(name="partial")] = False,  # noqa: FBT002 - a query parameter is named by its sender
) -> Response[Any]:
    """Start, and go and watch; the page that leads back shows it already."""
    await preferring.told_zone(principal, time_zone)
    view = await workspaces.start(principal, workspace_id, partial=partial)
    if back_of_page(settings.hosts, workspace_id, request.headers.get("hx-current-url", "")):
        return Response(None, status_code=204)
    return go_to_start(request, settings, ides, view)


@post("/workspaces/{workspace_id:str}/stop", opt={"action": Action.CHANGE_WORKSPACE, "page": True})
async def stop(
    principal: NamedDependency[Principal],
    workspaces: Service,
    workspace_id: WorkspaceId,
    force: Annotated[bool, QueryParameter(name="force")] = False,  # noqa: FBT002 - a query parameter is named by its sender
) -> Response[Any]:
    """Stop; the live connection shows it."""
    await workspaces.stop(principal, workspace_id, force=force)
    return Response(None, status_code=204)


@post(
    "/workspaces/{workspace_id:str}/ports/{port:int}",
    opt={"action": Action.CHANGE_WORKSPACE, "page": True},
)
async def set_port(
    principal: NamedDependency[Principal],
    workspaces: Service,
    workspace_id: WorkspaceId,
    port: Annotated[int, PathParameter(ge=0)],
    visibility: Annotated[Visibility, QueryParameter(name="visibility")] = Visibility.PRIVATE,
) -> Response[Any]:
    """Make a port private or public; the live connection shows it."""
    await workspaces.set_port(principal, workspace_id, port, PortSettings(visibility=visibility))
    return Response(None, status_code=204)


@post(
    "/workspaces/{workspace_id:str}/timeout", opt={"action": Action.CHANGE_WORKSPACE, "page": True}
)
async def set_timeout(
    principal: NamedDependency[Principal],
    timeouts: NamedDependency[Timeouts],
    workspace_id: WorkspaceId,
    data: Annotated[TimeoutForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Choose a timeout; the live connection shows it."""
    await timeouts.set_workspace(principal, workspace_id, data.timeout)
    return Response(None, status_code=204)


@post(
    "/workspaces/{workspace_id:str}/activity",
    opt={"action": Action.CHANGE_WORKSPACE, "page": True},
)
async def keep_awake(
    principal: NamedDependency[Principal],
    timeouts: NamedDependency[Timeouts],
    workspace_id: WorkspaceId,
) -> Response[Any]:
    """Let the time until it stops begin anew; the live connection shows it."""
    await timeouts.keep_awake(principal, workspace_id)
    return Response(None, status_code=204)


@post(
    "/workspaces/{workspace_id:str}/delete", opt={"action": Action.DELETE_WORKSPACE, "page": True}
)
async def delete(
    request: Page,
    principal: NamedDependency[Principal],
    workspaces: Service,
    workspace_id: WorkspaceId,
    force: Annotated[bool, QueryParameter(name="force")] = False,  # noqa: FBT002 - as for a stop
) -> Response[Any]:
    """Delete, and go to the list; on the list itself the live connection shows it."""
    await workspaces.delete(principal, workspace_id, force=force)
    if urlsplit(request.headers.get("hx-current-url", "")).path == "/":
        return Response(None, status_code=204)
    return go("/")


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[
            list_page,
            start_page,
            workspace_page,
            terminals,
            ask_delete,
            styleguide,
            start,
            stop,
            set_port,
            set_timeout,
            keep_awake,
            delete,
        ],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
