"""ssh access over the JSON API, and the gateway's questions on the internal listener."""

from typing import Annotated, Any

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from app.accounts.access import Action, Principal
from app.sshaccess.entering import Entering
from app.sshaccess.service import SshAccess
from app.sshaccess.structs import AddKey, KeysView, KeyView, SshTokenView
from wire.ssh import (
    AUTHENTICATE_PATH,
    ENTER_PATH,
    HELD_PATH,
    Authenticate,
    Enter,
    Entry,
    HeldAll,
    Known,
    Void,
)

Who = NamedDependency[Principal]
Access = NamedDependency[SshAccess]
_INTERNAL = {"action": Action.PLATFORM}


class SshKeysApi(Controller):
    """Public keys that let whoever asks into their workspaces."""

    path = "/api/v1/ssh-keys"
    tags = ("ssh",)

    @get("/", operation_id="listSshKeys", opt={"action": Action.LIST_OWN})
    async def view(self, principal: Who, ssh_access: Access) -> KeysView:
        """Return one's keys, oldest first."""
        return await ssh_access.keys(principal)

    @post("/", operation_id="addSshKey", opt={"action": Action.CHANGE_OWN})
    async def add(self, principal: Who, ssh_access: Access, data: JSONBody[AddKey]) -> KeyView:
        """Let a key into one's workspaces."""
        return await ssh_access.add_key(principal, data)

    @delete("/{key_id:str}", operation_id="deleteSshKey", opt={"action": Action.CHANGE_OWN})
    async def remove(
        self,
        principal: Who,
        ssh_access: Access,
        key_id: Annotated[str, PathParameter(max_length=64)],
    ) -> None:
        """Let a key in no more; connections made with it end within seconds."""
        await ssh_access.remove_key(principal, key_id)


@post(
    "/api/v1/workspaces/{workspace_id:str}/ssh-tokens",
    operation_id="createSshToken",
    opt={"action": Action.OPEN_SSH},
    tags=["ssh"],
)
async def make_token(
    principal: Who,
    ssh_access: Access,
    workspace_id: Annotated[str, PathParameter(max_length=64)],
) -> SshTokenView:
    """Make a password for ten minutes, of this workspace alone."""
    return await ssh_access.make_token(principal, workspace_id)


@post(AUTHENTICATE_PATH, opt=_INTERNAL, include_in_schema=False, status_code=200)
async def authenticate(data: JSONBody[Authenticate], entering: NamedDependency[Entering]) -> Known:
    """Tell who shows a key or a password."""
    return await entering.authenticate(data)


@post(ENTER_PATH, opt=_INTERNAL, include_in_schema=False, status_code=200)
async def enter(data: JSONBody[Enter], entering: NamedDependency[Entering]) -> Entry:
    """Start the workspace unless it runs; tell where it stands."""
    return await entering.enter(data)


@post(HELD_PATH, opt=_INTERNAL, include_in_schema=False, status_code=200)
async def held(data: JSONBody[HeldAll], entering: NamedDependency[Entering]) -> Void:
    """Tell which of the gateway's connections have to end."""
    return await entering.held(data.held)


route_handlers: list[Any] = [SshKeysApi, make_token, authenticate, enter, held]
