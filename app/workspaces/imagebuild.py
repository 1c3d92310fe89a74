"""The build of a start's image, on pages: its log as it grows, and a button that cancels it."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from app.accounts.access import Action, Principal
from app.accounts.pages import PAGE_HANDLERS
from app.faults import Missing
from app.imagebuilds.ansi import Line, lines_of
from app.imagebuilds.assembly import Building
from app.imagebuilds.builds import Standing
from app.imagebuilds.states import BuildEvent
from app.imagebuilds.supplying import progress_of
from app.web.render import Context, Renderer
from app.workspaces.parameters import WorkspaceId
from app.workspaces.service import WorkspaceService
from wire.ids import InstanceId
from wire.imagebuild import MOST_LOG

TAIL = 96 * 1024
"""Bytes of a log that a page shows the lines of."""
STOP_POLLING = 286
"""htmx's own status: do not ask again."""


@dataclass(frozen=True, slots=True)
class ImageBuildContext(Context):
    """A build and the end of its log."""

    template: ClassVar[str] = "workspaces/imagebuild.html"

    workspace: str
    standing: Standing
    progress: str
    lines: list[Line]
    mark: str
    """Differs whenever what is shown does."""
    open: bool


@get(
    "/workspaces/{workspace_id:str}/image-build",
    opt={"action": Action.SEE_WORKSPACE, "page": True},
)
async def image_build(
    principal: NamedDependency[Principal],
    workspaces: NamedDependency[WorkspaceService],
    building: NamedDependency[Building],
    renderer: NamedDependency[Renderer],
    workspace_id: WorkspaceId,
    have: Annotated[str, QueryParameter(name="have", max_length=64)] = "",
    unfolded: Annotated[bool, QueryParameter(name="open")] = False,  # noqa: FBT002 - a query parameter is named by its sender
) -> Response[Any]:
    """Show the build of the newest start; nothing while there is none, or nothing new."""
    starting, standing = await _of(principal, workspaces, building, workspace_id)
    if standing is None:
        return Response(b"", status_code=204 if starting else STOP_POLLING)
    log = max(0, standing.log_length)
    begin = max(0, log - TAIL)
    mark = f"{standing.id}-{standing.state.value}-{standing.place}-{log}"
    if have == mark:
        return Response(None, status_code=204)
    output = await asyncio.to_thread(building.logs.read, standing.id, begin, log - begin)
    return renderer.piece(
        ImageBuildContext(
            workspace=workspace_id,
            standing=standing,
            progress=progress_of(standing),
            lines=lines_of(output, whole=begin == 0),
            mark=mark,
            open=unfolded,
        )
    )


@get(
    "/workspaces/{workspace_id:str}/image-build/log",
    opt={"action": Action.SEE_WORKSPACE, "page": True},
)
async def image_build_log(
    principal: NamedDependency[Principal],
    workspaces: NamedDependency[WorkspaceService],
    building: NamedDependency[Building],
    workspace_id: WorkspaceId,
) -> Response[bytes]:
    """Give the whole log as text; raises Missing."""
    _starting, standing = await _of(principal, workspaces, building, workspace_id)
    if standing is None:
        raise Missing("not_found", "This start waits for no build")
    text = await asyncio.to_thread(building.logs.read, standing.id, 0, MOST_LOG)
    headers = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
    return Response(text, media_type="text/plain", headers=headers)


@post(
    "/workspaces/{workspace_id:str}/image-build/cancel",
    opt={"action": Action.CHANGE_WORKSPACE, "page": True},
)
async def cancel_image_build(
    principal: NamedDependency[Principal],
    workspaces: NamedDependency[WorkspaceService],
    building: NamedDependency[Building],
    workspace_id: WorkspaceId,
) -> Response[Any]:
    """Cancel it: whoever waits for it opens on the default image."""
    _starting, standing = await _of(principal, workspaces, building, workspace_id)
    if standing is not None:
        await building.builds.happen(standing.id, BuildEvent.CANCELLED)
    return Response(None, status_code=204)


async def _of(
    principal: Principal, workspaces: WorkspaceService, building: Building, workspace: str
) -> tuple[bool, Standing | None]:
    """Return whether the newest start is on its way, and its build; raises Missing."""
    view = await workspaces.get(principal, workspace)
    if view.instance is None:
        return False, None
    standing = await building.builds.of_start(str(InstanceId(workspace, view.instance.n)))
    return view.phase.starting, standing


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[image_build, image_build_log, cancel_image_build],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
