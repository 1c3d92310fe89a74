"""The JSON API over workspaces: /api/v1/workspaces."""

from typing import Annotated, Any

from litestar import Controller, MediaType, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter
from msgspec import Struct
from msgspec.structs import replace

from app.accounts.access import Action, Principal
from app.gitaccess.pasted import take_out
from app.gitaccess.pasting import Pasting
from app.workspaces.awake import PersonTimeout, Timeouts
from app.workspaces.parameters import WorkspaceId
from app.workspaces.service import MAX_WAIT, WorkspaceService
from app.workspaces.structs import (
    ChangeWorkspace,
    CreateWorkspace,
    EventView,
    PortSettings,
    Timeout,
    WorkspaceView,
)
from app.workspaces.upkeep import Upkeep
from app.workspaces.vitals import Vitals


class WorkspaceList(Struct, frozen=True, kw_only=True):
    """Workspaces, newest first."""

    workspaces: list[WorkspaceView]


class EventList(Struct, frozen=True, kw_only=True):
    """History, newest first."""

    events: list[EventView]


class WorkspaceApi(Controller):
    """Workspaces of whoever asks."""

    path = "/api/v1/workspaces"
    tags = ("workspaces",)

    @get("/", operation_id="listWorkspaces", opt={"action": Action.LIST_OWN})
    async def list_workspaces(
        self,
        principal: NamedDependency[Principal],
        workspaces: NamedDependency[WorkspaceService],
        vitals: NamedDependency[Vitals],
    ) -> WorkspaceList:
        """List one's own workspaces."""
        views = await workspaces.list(principal)
        return WorkspaceList(workspaces=[vitals.shown(one) for one in views])

    @post("/", operation_id="createWorkspace", opt={"action": Action.CREATE_WORKSPACE})
    async def create_workspace(
        self,
        principal: NamedDependency[Principal],
        workspaces: NamedDependency[WorkspaceService],
        pasting: NamedDependency[Pasting],
        data: JSONBody[CreateWorkspace],
        idempotency_key: Annotated[
            str, HeaderParameter(name="Idempotency-Key", description="Makes it once.")
        ] = "",
    ) -> WorkspaceView:
        """Create a workspace and start it.

        A token that the URL carries is taken out, and kept for its host unless there is one.
        """
        pasted = take_out(data.url)
        await pasting.keep_first(principal, pasted)
        wanted = replace(data, url=pasted.address)
        return await workspaces.create(principal, wanted, idempotency_key)

    @get("/{workspace_id:str}", operation_id="getWorkspace", opt={"action": Action.SEE_WORKSPACE})
    async def get_workspace(
        self,
        principal: NamedDependency[Principal],
        workspaces: NamedDependency[WorkspaceService],
        vitals: NamedDependency[Vitals],
        workspace_id: WorkspaceId,
        after: Annotated[
            int, QueryParameter(name="after", description="Wait for a greater version.")
        ] = -1,
        wait: Annotated[
            float,
            QueryParameter(name="wait", ge=0, le=MAX_WAIT, description="Seconds to wait at most."),
        ] = 0.0,
    ) -> WorkspaceView:
        """Return a workspace; with `wait`, as soon as its version is greater than `after`."""
        if wait > 0:
            return vitals.shown(await workspaces.wait(principal, workspace_id, after, wait))
        return vitals.shown(await workspaces.get(principal, workspace_id))

    @patch(
        "/{workspace_id:str}",
        operation_id="changeWorkspace",
        opt={"action": Action.CHANGE_WORKSPACE},
    )
    async def change_workspace(
        self,
        principal: NamedDependency[Principal],
        upkeep: NamedDependency[Upkeep],
        workspace_id: WorkspaceId,
        data: JSONBody[ChangeWorkspace],
    ) -> WorkspaceView:
        """Rename, pin or unpin it, choose what it opens with."""
        return await upkeep.change(principal, workspace_id, data)

    @post(
        "/{workspace_id:str}/start",
        operation_id="startWorkspace",
        status_code=202,
        opt={"action": Action.CHANGE_WORKSPACE},
    )
    async def start_workspace(
        self,
        principal: NamedDependency[Principal],
        workspaces: NamedDependency[WorkspaceService],
        workspace_id: WorkspaceId,
        partial: Annotated[  # noqa: FBT002 - a query parameter is named by its sender
            bool,
            QueryParameter(name="partial", description="Of a first start: leave old versions out."),
        ] = False,
    ) -> WorkspaceView:
        """Make sure that it runs."""
        return await workspaces.start(principal, workspace_id, partial=partial)

    @post(
        "/{workspace_id:str}/restart",
        operation_id="restartWorkspace",
        status_code=202,
        opt={"action": Action.CHANGE_WORKSPACE},
    )
    async def restart_workspace(
        self,
        principal: NamedDependency[Principal],
        upkeep: NamedDependency[Upkeep],
        workspace_id: WorkspaceId,
    ) -> WorkspaceView:
        """Make sure that it stops, and starts when it has stopped."""
        return await upkeep.restart(principal, workspace_id)

    @post(
        "/{workspace_id:str}/archive",
        operation_id="archiveWorkspace",
        status_code=202,
        opt={"action": Action.CHANGE_WORKSPACE},
    )
    async def archive_workspace(
        self,
        principal: NamedDependency[Principal],
        upkeep: NamedDependency[Upkeep],
        workspace_id: WorkspaceId,
    ) -> WorkspaceView:
        """Make sure that the stopped workspace is archived; a start restores it first."""
        return await upkeep.archive(principal, workspace_id)

    @post(
        "/{workspace_id:str}/stop",
        operation_id="stopWorkspace",
        status_code=202,
        opt={"action": Action.CHANGE_WORKSPACE},
    )
    async def stop_workspace(
        self,
        principal: NamedDependency[Principal],
        workspaces: NamedDependency[WorkspaceService],
        workspace_id: WorkspaceId,
        force: Annotated[  # noqa: FBT002 - a query parameter is named by its sender
            bool, QueryParameter(name="force", description="Give it up at once.")
        ] = False,
    ) -> WorkspaceView:
        """Make sure that it stops."""
        return await workspaces.stop(principal, workspace_id, force=force)

    @delete(
        "/{workspace_id:str}",
        operation_id="deleteWorkspace",
        status_code=202,
        opt={"action": Action.DELETE_WORKSPACE},
    )
    async def delete_workspace(
        self,
        principal: NamedDependency[Principal],
        workspaces: NamedDependency[WorkspaceService],
        workspace_id: WorkspaceId,
        force: Annotated[  # noqa: FBT002 - a query parameter is named by its sender
            bool, QueryParameter(name="force", description="Take it away at once.")
        ] = False,
    ) -> WorkspaceView:
        """Stop it and free its content for good."""
        return await workspaces.delete(principal, workspace_id, force=force)

    @put(
        "/{workspace_id:str}/ports/{port:int}",
        operation_id="setWorkspacePort",
        opt={"action": Action.CHANGE_WORKSPACE},
    )
    async def set_port(
        self,
        principal: NamedDependency[Principal],
        workspaces: NamedDependency[WorkspaceService],
        workspace_id: WorkspaceId,
        port: Annotated[int, PathParameter(description="1 to 65535.")],
        data: JSONBody[PortSettings],
    ) -> WorkspaceView:
        """Say who may use a port, and what it speaks."""
        return await workspaces.set_port(principal, workspace_id, port, data)

    @put(
        "/{workspace_id:str}/timeout",
        operation_id="setWorkspaceTimeout",
        opt={"action": Action.CHANGE_WORKSPACE},
    )
    async def set_timeout(
        self,
        principal: NamedDependency[Principal],
        timeouts: NamedDependency[Timeouts],
        workspace_id: WorkspaceId,
        data: JSONBody[Timeout],
    ) -> WorkspaceView:
        """Set after which time without activity it stops; the time begins anew."""
        return await timeouts.set_workspace(principal, workspace_id, data.timeout)

    @post(
        "/{workspace_id:str}/activity",
        operation_id="keepWorkspaceAwake",
        status_code=200,
        opt={"action": Action.CHANGE_WORKSPACE},
    )
    async def keep_awake(
        self,
        principal: NamedDependency[Principal],
        timeouts: NamedDependency[Timeouts],
        workspace_id: WorkspaceId,
    ) -> WorkspaceView:
        """Tell that it is used: the time until it stops begins anew."""
        return await timeouts.keep_awake(principal, workspace_id)

    @get(
        "/{workspace_id:str}/events",
        operation_id="listWorkspaceEvents",
        opt={"action": Action.SEE_WORKSPACE},
    )
    async def list_events(
        self,
        principal: NamedDependency[Principal],
        workspaces: NamedDependency[WorkspaceService],
        workspace_id: WorkspaceId,
    ) -> EventList:
        """Return its history."""
        return EventList(events=await workspaces.events(principal, workspace_id))

    @get(
        "/{workspace_id:str}/logs",
        operation_id="getWorkspaceLogs",
        media_type=MediaType.TEXT,
        opt={"action": Action.SEE_WORKSPACE},
    )
    async def get_logs(
        self,
        principal: NamedDependency[Principal],
        workspaces: NamedDependency[WorkspaceService],
        workspace_id: WorkspaceId,
    ) -> str:
        """Return history and steps as text."""
        return await workspaces.log(principal, workspace_id)


class TimeoutApi(Controller):
    """The timeout of all of one's workspaces that have none of their own."""

    path = "/api/v1/timeout"
    tags = ("workspaces",)

    @get("/", operation_id="getTimeout", opt={"action": Action.LIST_OWN})
    async def get_timeout(
        self, principal: NamedDependency[Principal], timeouts: NamedDependency[Timeouts]
    ) -> PersonTimeout:
        """Return one's own timeout."""
        return await timeouts.person(principal)

    @put("/", operation_id="setTimeout", opt={"action": Action.CHANGE_OWN})
    async def set_own_timeout(
        self,
        principal: NamedDependency[Principal],
        timeouts: NamedDependency[Timeouts],
        data: JSONBody[Timeout],
    ) -> PersonTimeout:
        """Set one's own timeout; an empty one is the installation's."""
        return await timeouts.set_person(principal, data.timeout)


route_handlers: list[Any] = [WorkspaceApi, TimeoutApi]
