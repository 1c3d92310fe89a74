"""Share links for programs: the JSON API below a workspace, and what proxies ask."""

from typing import Annotated, Any

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter
from msgspec import Meta, Struct

from app.accounts.access import Action, Principal
from app.shares.opening import Opening
from app.shares.service import Shares
from app.shares.structs import CreateShare, ShareView
from app.workspaces.parameters import WorkspaceId

Text = Annotated[str, Meta(max_length=2048)]


class ShareList(Struct, frozen=True, kw_only=True):
    """Share links that count, newest first."""

    shares: list[ShareView]


class OpenShare(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /internal/shares/open."""

    token: Text
    workspace: Text
    port: int
    password: Text = ""


class OpenedShare(Struct, frozen=True, kw_only=True):
    """What a browser is let in with, and until when (seconds since 1970)."""

    grant: str
    expires: int


class SharesApi(Controller):
    """Share links of one's own workspaces."""

    path = "/api/v1/workspaces/{workspace_id:str}"
    tags = ("share links",)

    @post(
        "/ports/{port:int}/shares",
        operation_id="createShare",
        opt={"action": Action.SHARE_PORT},
    )
    async def create_share(
        self,
        principal: NamedDependency[Principal],
        shares: NamedDependency[Shares],
        workspace_id: WorkspaceId,
        port: Annotated[int, PathParameter(description="1 to 65535.")],
        data: JSONBody[CreateShare],
        idempotency_key: Annotated[
            str, HeaderParameter(name="Idempotency-Key", description="Makes it once.")
        ] = "",
    ) -> ShareView:
        """Make a link that lets whoever has it use one port, without an account."""
        return await shares.create(principal, workspace_id, port, data, idempotency_key)

    @get("/shares", operation_id="listShares", opt={"action": Action.SHARE_PORT})
    async def list_shares(
        self,
        principal: NamedDependency[Principal],
        shares: NamedDependency[Shares],
        workspace_id: WorkspaceId,
        port: Annotated[
            int | None, QueryParameter(name="port", description="Only of this port.")
        ] = None,
    ) -> ShareList:
        """List the links that count."""
        return ShareList(shares=await shares.list(principal, workspace_id, port))

    @delete("/shares/{share:str}", operation_id="revokeShare", opt={"action": Action.SHARE_PORT})
    async def revoke_share(
        self,
        principal: NamedDependency[Principal],
        shares: NamedDependency[Shares],
        workspace_id: WorkspaceId,
        share: Annotated[str, PathParameter(description="A share link's id.", max_length=64)],
    ) -> None:
        """End a link, and every connection that it has let in, at once."""
        await shares.revoke(principal, workspace_id, share)


@post(
    "/internal/shares/open",
    opt={"action": Action.PLATFORM},
    include_in_schema=False,
    status_code=200,
)
async def open_share(data: JSONBody[OpenShare], opening: NamedDependency[Opening]) -> OpenedShare:
    """Exchange a link's token, and its password, for a grant."""
    opened = await opening.open(data.token, data.workspace, data.port, data.password)
    return OpenedShare(grant=opened.grant, expires=opened.expires)


route_handlers: list[Any] = [SharesApi, open_share]
