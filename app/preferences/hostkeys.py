"""Accepting the key of an ssh host where a start has failed for it, and trying again."""

from typing import Annotated, Any

from litestar import Response, Router, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from app.accounts.access import Action, Principal
from app.accounts.pages import PAGE_HANDLERS
from app.faults import Conflict
from app.gitaccess.service import GitAccess
from app.gitaccess.structs import AcceptHostKey
from app.workspaces.service import WorkspaceService

UNKNOWN = "host_key_unknown"


@post(
    "/workspaces/{workspace_id:str}/accept-host-key",
    opt={"action": Action.CHANGE_WORKSPACE, "page": True},
)
async def accept_host_key(
    principal: NamedDependency[Principal],
    workspaces: NamedDependency[WorkspaceService],
    git_access: NamedDependency[GitAccess],
    workspace_id: Annotated[str, PathParameter(max_length=64)],
    fingerprint: Annotated[str, QueryParameter(max_length=100)] = "",
) -> Response[Any]:
    """Accept the key that the start has shown, which is the one of this fingerprint, and start.

    The key comes from what the node saw, never from the browser.
    """
    view = await workspaces.get(principal, workspace_id)
    problem = view.instance.problem if view.instance is not None else None
    shown = problem.subject if problem is not None and problem.code == UNKNOWN else {}
    if not shown or shown.get("fingerprint") != fingerprint:
        raise Conflict(
            "host_key_other",
            "This key is not asked about any more",
            "The workspace was started again in the meantime.",
            "Look at the page once more.",
        )
    accepted = AcceptHostKey(host=shown["host"], algorithm=shown["algorithm"], key=shown["key"])
    await git_access.accept_host_key(principal, accepted)
    await workspaces.start(principal, workspace_id)
    return Response(None, status_code=204, headers={"hx-redirect": f"/start/{workspace_id}"})


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[accept_host_key],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
