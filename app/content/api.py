"""Restore points for programs: the JSON API below a workspace, and deleted workspaces."""

from typing import Annotated, Any

from litestar import Controller, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.response import Stream

from app.accounts.access import Action, Principal
from app.content.deleted import Deleted
from app.content.loop import Loop
from app.content.paths import disposition, read_path, write_path
from app.content.reading import Download, Reading
from app.content.service import RestorePoints
from app.content.structs import (
    ChangePoint,
    DeletedList,
    FileList,
    NewFromPoint,
    PointList,
    PointView,
)
from app.workspaces.parameters import WorkspaceId
from app.workspaces.structs import WorkspaceView

PointId = Annotated[str, PathParameter(description="A restore point's id.", max_length=64)]
Path = Annotated[
    str,
    QueryParameter(
        name="path",
        max_length=8192,
        description="Inside the point, e.g. workspace/demo; bytes that are not ASCII as %XX.",
    ),
]
Format = Annotated[
    str,
    QueryParameter(name="format", max_length=16, description="file, tar.zst or zip."),
]
_SEE: dict[str, Any] = {"action": Action.SEE_WORKSPACE}
_CHANGE: dict[str, Any] = {"action": Action.CHANGE_WORKSPACE}
_READ: dict[str, Any] = {"action": Action.READ_CONTENT}


class PointsApi(Controller):
    """Restore points of one's own workspaces."""

    path = "/api/v1/workspaces/{workspace_id:str}/points"
    tags = ("restore points",)

    @get("/", operation_id="listPoints", opt=_SEE)
    async def list_points(
        self,
        principal: NamedDependency[Principal],
        points: NamedDependency[RestorePoints],
        workspace_id: WorkspaceId,
    ) -> PointList:
        """List restore points, also of a deleted workspace that can be restored."""
        return await points.list(principal, workspace_id)

    @post("/", operation_id="makePoint", status_code=202, opt=_CHANGE)
    async def make_point(
        self,
        principal: NamedDependency[Principal],
        points: NamedDependency[RestorePoints],
        content_loop: NamedDependency[Loop],
        workspace_id: WorkspaceId,
    ) -> PointView:
        """Have a restore point made now."""
        made = await points.make(principal, workspace_id)
        content_loop.wake()
        return made

    @get("/{point:str}", operation_id="getPoint", opt=_SEE)
    async def get_point(
        self,
        principal: NamedDependency[Principal],
        points: NamedDependency[RestorePoints],
        workspace_id: WorkspaceId,
        point: PointId,
    ) -> PointView:
        """Return a restore point."""
        return await points.get(principal, workspace_id, point)

    @patch("/{point:str}", operation_id="changePoint", opt=_CHANGE)
    async def change_point(
        self,
        principal: NamedDependency[Principal],
        points: NamedDependency[RestorePoints],
        workspace_id: WorkspaceId,
        point: PointId,
        data: JSONBody[ChangePoint],
    ) -> PointView:
        """Pin it, so that it is never forgotten, or unpin it."""
        return await points.pin(principal, workspace_id, point, pinned=data.pinned)

    @get("/{point:str}/files", operation_id="listPointFiles", opt=_READ)
    async def list_files(
        self,
        principal: NamedDependency[Principal],
        reading: NamedDependency[Reading],
        workspace_id: WorkspaceId,
        point: PointId,
        path: Path = "",
    ) -> FileList:
        """List a folder of a restore point; the empty path is the top."""
        files = await reading.browse(principal, workspace_id, point, path)
        return FileList(path=write_path(read_path(path)), files=files)

    @get(
        "/{point:str}/download",
        operation_id="downloadPoint",
        media_type="application/octet-stream",
        opt=_READ,
    )
    async def download(
        self,
        principal: NamedDependency[Principal],
        reading: NamedDependency[Reading],
        workspace_id: WorkspaceId,
        point: PointId,
        path: Path = "",
        format_: Format = "tar.zst",
    ) -> Stream:
        """Send a file, a folder, or with the empty path everything."""
        return sent(await reading.download(principal, workspace_id, point, path, format_))

    @post("/{point:str}/restore", operation_id="restorePoint", status_code=202, opt=_CHANGE)
    async def restore(
        self,
        principal: NamedDependency[Principal],
        points: NamedDependency[RestorePoints],
        workspace_id: WorkspaceId,
        point: PointId,
    ) -> WorkspaceView:
        """Let the stopped workspace become what the point holds; it is backed up first."""
        return await points.restore(principal, workspace_id, point)

    @post("/{point:str}/workspace", operation_id="newFromPoint", status_code=201, opt=_READ)
    async def as_new(
        self,
        principal: NamedDependency[Principal],
        points: NamedDependency[RestorePoints],
        workspace_id: WorkspaceId,
        point: PointId,
        data: JSONBody[NewFromPoint],
    ) -> WorkspaceView:
        """Make another workspace that begins as what the point holds."""
        return await points.as_new(principal, workspace_id, point, data)


class DeletedApi(Controller):
    """One's own deleted workspaces, as long as they can be restored."""

    path = "/api/v1/deleted-workspaces"
    tags = ("restore points",)

    @get("/", operation_id="listDeletedWorkspaces", opt={"action": Action.LIST_OWN})
    async def list_deleted(
        self,
        principal: NamedDependency[Principal],
        deleted: NamedDependency[Deleted],
    ) -> DeletedList:
        """List deleted workspaces with the moment until which each can be restored."""
        return DeletedList(workspaces=await deleted.list(principal))

    @post(
        "/{workspace_id:str}/restore",
        operation_id="restoreDeletedWorkspace",
        status_code=202,
        opt={"action": Action.DELETE_WORKSPACE},
    )
    async def bring_back(
        self,
        principal: NamedDependency[Principal],
        deleted: NamedDependency[Deleted],
        workspace_id: WorkspaceId,
    ) -> WorkspaceView:
        """Undo a deletion: it is there again, stopped, as its newest restore point holds it."""
        return await deleted.bring_back(principal, workspace_id)


def sent(download: Download) -> Stream:
    """Return the answer that streams a download; a browser saves it and never shows it."""
    return Stream(
        download.pieces,
        media_type="application/octet-stream",
        headers={
            "content-disposition": disposition(download.name),
            "content-security-policy": "sandbox; default-src 'none'",
            "x-content-type-options": "nosniff",
            "cross-origin-resource-policy": "same-origin",
            "cache-control": "no-store",
        },
    )


route_handlers: list[Any] = [PointsApi, DeletedApi]
