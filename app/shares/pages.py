"""The dialog of share links on a workspace's page: each action answers with it anew."""

from typing import Annotated, Any

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter, QueryParameter
from msgspec import Meta, Struct

from app.accounts.access import Action, Principal
from app.accounts.pages import PAGE_HANDLERS
from app.shares.contexts import shares_context
from app.shares.service import Shares
from app.shares.structs import CreateShare, Lasts, Note, Password, ShareView
from app.web.render import Renderer
from app.workspaces.parameters import WorkspaceId

Port = Annotated[int, PathParameter(ge=0)]
_SHARE = {"action": Action.SHARE_PORT, "page": True}


class ShareForm(Struct, frozen=True):
    """What the form of a link sends; a box that is not ticked sends nothing."""

    lasts: Lasts = "24h"
    password: Password = ""
    note: Note = ""
    once: Annotated[str, Meta(max_length=8)] = ""


@get("/workspaces/{workspace_id:str}/ports/{port:int}/shares", opt=_SHARE)
async def show_shares(
    principal: NamedDependency[Principal],
    shares: NamedDependency[Shares],
    renderer: NamedDependency[Renderer],
    workspace_id: WorkspaceId,
    port: Port,
) -> Response[str]:
    """Show a port's links: the content of the page's dialog."""
    return await _dialog(principal, shares, renderer, workspace_id, port)


@post("/workspaces/{workspace_id:str}/ports/{port:int}/shares", status_code=200, opt=_SHARE)
async def make_share(
    principal: NamedDependency[Principal],
    shares: NamedDependency[Shares],
    renderer: NamedDependency[Renderer],
    workspace_id: WorkspaceId,
    port: Port,
    data: Annotated[ShareForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Make a link and show it."""
    wanted = CreateShare(
        lasts=data.lasts, password=data.password, note=data.note, once=bool(data.once)
    )
    made = await shares.create(principal, workspace_id, port, wanted)
    return await _dialog(principal, shares, renderer, workspace_id, port, made)


@post("/workspaces/{workspace_id:str}/shares/{share:str}/revoke", status_code=200, opt=_SHARE)
async def revoke_share(
    principal: NamedDependency[Principal],
    shares: NamedDependency[Shares],
    renderer: NamedDependency[Renderer],
    workspace_id: WorkspaceId,
    share: Annotated[str, PathParameter(max_length=64)],
    port: Annotated[int, QueryParameter(name="port")] = 0,
) -> Response[str]:
    """End a link and what it has let in."""
    await shares.revoke(principal, workspace_id, share)
    return await _dialog(principal, shares, renderer, workspace_id, port)


async def _dialog(
    principal: Principal,
    shares: Shares,
    renderer: Renderer,
    workspace: str,
    port: int,
    made: ShareView | None = None,
) -> Response[str]:
    found = await shares.list(principal, workspace, port)
    return renderer.piece(shares_context(workspace, port, found, shares.policy, made))


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[show_shares, make_share, revoke_share],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
