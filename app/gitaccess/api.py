"""The JSON API over git access: /api/v1/git-access."""

from typing import Annotated

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from app.accounts.access import Action, Principal
from app.gitaccess.service import GitAccess
from app.gitaccess.structs import (
    AcceptHostKey,
    GitAccessView,
    HostKeyView,
    SetToken,
    SshKeyView,
    TokenView,
)

Host = Annotated[
    str, PathParameter(description="A git host, e.g. github.com or h.org:8443.", max_length=260)
]
Access = NamedDependency[GitAccess]
Who = NamedDependency[Principal]


class GitAccessApi(Controller):
    """Tokens, ssh key and known hosts of whoever asks."""

    path = "/api/v1/git-access"
    tags = ("git access",)

    @get("/", operation_id="getGitAccess", opt={"action": Action.LIST_OWN})
    async def view(self, principal: Who, git_access: Access) -> GitAccessView:
        """Return what is kept; tokens and the private key are never told."""
        return await git_access.view(principal)

    @put("/tokens/{host:str}", operation_id="setGitToken", opt={"action": Action.CHANGE_OWN})
    async def set_token(
        self, principal: Who, git_access: Access, host: Host, data: JSONBody[SetToken]
    ) -> TokenView:
        """Keep a token for a host, instead of the one before."""
        return await git_access.set_token(principal, host, data)

    @delete("/tokens/{host:str}", operation_id="removeGitToken", opt={"action": Action.CHANGE_OWN})
    async def remove_token(self, principal: Who, git_access: Access, host: Host) -> None:
        """Forget the token of a host."""
        await git_access.remove_token(principal, host)

    @post("/ssh-key", operation_id="makeSshKey", opt={"action": Action.CHANGE_OWN})
    async def make_key(self, principal: Who, git_access: Access) -> SshKeyView:
        """Make one's ssh key, instead of the one before."""
        return await git_access.make_key(principal)

    @delete("/ssh-key", operation_id="removeSshKey", opt={"action": Action.CHANGE_OWN})
    async def remove_key(self, principal: Who, git_access: Access) -> None:
        """Forget one's ssh key."""
        await git_access.remove_key(principal)

    @post("/host-keys", operation_id="acceptHostKey", opt={"action": Action.CHANGE_OWN})
    async def accept_host_key(
        self, principal: Who, git_access: Access, data: JSONBody[AcceptHostKey]
    ) -> HostKeyView:
        """Know an ssh host under a key from now on."""
        return await git_access.accept_host_key(principal, data)

    @delete("/host-keys/{host:str}", operation_id="forgetHost", opt={"action": Action.CHANGE_OWN})
    async def forget_host(self, principal: Who, git_access: Access, host: Host) -> None:
        """Forget every key of an ssh host, so that its next one is asked about."""
        await git_access.forget_host(principal, host)


route_handlers = [GitAccessApi]
