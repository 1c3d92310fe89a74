"""Snapshots for programs: the JSON API."""

from typing import Annotated, Any

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from app.accounts.access import Action, Principal
from app.snapshots.service import Snapshots
from app.snapshots.structs import CreateSnapshot, OpenSnapshot, SnapshotList, SnapshotView
from app.workspaces.parameters import WorkspaceId
from app.workspaces.structs import WorkspaceView

SnapshotId = Annotated[str, PathParameter(description="A snapshot's id.", max_length=64)]
_OPEN: dict[str, Any] = {"action": Action.OPEN_SNAPSHOT}


class WorkspaceSnapshotsApi(Controller):
    """Snapshots of one's own workspace."""

    path = "/api/v1/workspaces/{workspace_id:str}/snapshots"
    tags = ("snapshots",)

    @get("/", operation_id="listWorkspaceSnapshots", opt={"action": Action.SEE_WORKSPACE})
    async def list_snapshots(
        self,
        principal: NamedDependency[Principal],
        snapshots: NamedDependency[Snapshots],
        workspace_id: WorkspaceId,
    ) -> SnapshotList:
        """List the snapshots of a workspace."""
        return SnapshotList(snapshots=await snapshots.of_workspace(principal, workspace_id))

    @post(
        "/",
        operation_id="createSnapshot",
        status_code=202,
        opt={"action": Action.MAKE_SNAPSHOT},
    )
    async def create(
        self,
        principal: NamedDependency[Principal],
        snapshots: NamedDependency[Snapshots],
        workspace_id: WorkspaceId,
        data: JSONBody[CreateSnapshot],
    ) -> SnapshotView:
        """Have the workspace's files kept as they are now."""
        return await snapshots.create(principal, workspace_id, data)


class SnapshotsApi(Controller):
    """Snapshots, one's own and what is shared."""

    path = "/api/v1/snapshots"
    tags = ("snapshots",)

    @get("/", operation_id="listSnapshots", opt={"action": Action.LIST_OWN})
    async def list_snapshots(
        self, principal: NamedDependency[Principal], snapshots: NamedDependency[Snapshots]
    ) -> SnapshotList:
        """List one's own snapshots, and those for everybody here."""
        return SnapshotList(snapshots=await snapshots.list(principal))

    @get("/{snapshot:str}", operation_id="getSnapshot", opt=_OPEN)
    async def get_snapshot(
        self,
        principal: NamedDependency[Principal],
        snapshots: NamedDependency[Snapshots],
        snapshot: SnapshotId,
    ) -> SnapshotView:
        """Return a snapshot that one may open."""
        return await snapshots.get(principal, snapshot)

    @delete(
        "/{snapshot:str}",
        operation_id="deleteSnapshot",
        status_code=204,
        opt={"action": Action.CHANGE_SNAPSHOT},
    )
    async def delete_snapshot(
        self,
        principal: NamedDependency[Principal],
        snapshots: NamedDependency[Snapshots],
        snapshot: SnapshotId,
    ) -> None:
        """Let nobody open it any more; workspaces that began as it stay."""
        await snapshots.delete(principal, snapshot)

    @post("/{snapshot:str}/workspace", operation_id="openSnapshot", status_code=201, opt=_OPEN)
    async def open_snapshot(
        self,
        principal: NamedDependency[Principal],
        snapshots: NamedDependency[Snapshots],
        snapshot: SnapshotId,
        data: JSONBody[OpenSnapshot],
    ) -> WorkspaceView:
        """Make a workspace of one's own that begins as the snapshot."""
        return await snapshots.open(principal, snapshot, data)


route_handlers: list[Any] = [WorkspaceSnapshotsApi, SnapshotsApi]
