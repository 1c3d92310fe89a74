"""Public keys that let a person in by ssh, on the Settings page, and passwords for a workspace."""

from typing import Annotated, Any

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter, QueryParameter
from msgspec import Meta, Struct

from app.accounts.access import Action, Principal
from app.accounts.pages import PAGE_HANDLERS
from app.preferences.contexts import AskContext, PasswordContext, SshKeysContext
from app.sshaccess.service import SshAccess
from app.sshaccess.structs import AddKey
from app.web.render import Renderer

Who = NamedDependency[Principal]
Draw = NamedDependency[Renderer]
Access = NamedDependency[SshAccess]
Key = Annotated[str, QueryParameter(name="key", max_length=64)]
_CHANGE = {"action": Action.CHANGE_OWN, "page": True}


class KeyForm(Struct, frozen=True):
    """What the form of a key sends."""

    key: Annotated[str, Meta(min_length=1, max_length=16384)]
    title: Annotated[str, Meta(max_length=255)] = ""


@post("/settings/ssh-keys", status_code=200, opt=_CHANGE)
async def add_key(
    principal: Who,
    renderer: Draw,
    ssh_access: Access,
    data: Annotated[KeyForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Let a key in."""
    await ssh_access.add_key(principal, AddKey(key=data.key, title=data.title))
    return await _section(principal, renderer, ssh_access)


@get("/settings/ssh-keys/remove", opt=_CHANGE)
async def ask_remove_key(
    principal: Who, renderer: Draw, ssh_access: Access, key: Key
) -> Response[str]:
    """Ask before a key is removed."""
    titles = [one.title for one in (await ssh_access.keys(principal)).keys if one.id == key]
    return renderer.piece(
        AskContext(
            f"Remove the key {titles[0] if titles else ''}?",
            "Who has its other half cannot come into your workspaces with it any more. "
            "Connections that were made with it end.",
            "Remove",
            f"/settings/ssh-keys/remove?key={key if titles else ''}",
            "ssh-keys",
        )
    )


@post("/settings/ssh-keys/remove", status_code=200, opt=_CHANGE)
async def remove_key(principal: Who, renderer: Draw, ssh_access: Access, key: Key) -> Response[str]:
    """Let a key in no more."""
    await ssh_access.remove_key(principal, key)
    return await _section(principal, renderer, ssh_access)


@post(
    "/workspaces/{workspace_id:str}/ssh-password",
    status_code=200,
    opt={"action": Action.OPEN_SSH, "page": True},
)
async def make_password(
    principal: Who,
    renderer: Draw,
    ssh_access: Access,
    workspace_id: Annotated[str, PathParameter(max_length=64)],
) -> Response[str]:
    """Make a password for a workspace: the content of the page's dialog, shown once."""
    made = await ssh_access.make_token(principal, workspace_id)
    return renderer.piece(PasswordContext(made))


async def _section(principal: Principal, renderer: Renderer, access: SshAccess) -> Response[str]:
    return renderer.piece(SshKeysContext((await access.keys(principal)).keys))


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[add_key, ask_remove_key, remove_key, make_password],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
