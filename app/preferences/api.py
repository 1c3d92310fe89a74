"""The JSON API over trust: /api/v1/trust."""

from typing import Annotated

from litestar import Controller, delete, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from app.accounts.access import Action, Principal
from app.workspaces.trusting import Trust


class TrustView(Struct, frozen=True, kw_only=True):
    """A repository, or one pull request of it, that one trusts."""

    repository: str
    """Clone URL; of a pull request with `#refs/…` behind it."""
    since: float
    workspaces: int
    """How many of one's workspaces it is about."""


class TrustList(Struct, frozen=True, kw_only=True):
    """What one trusts, newest first."""

    trusted: list[TrustView]


class TrustApi(Controller):
    """Trust of whoever asks. It is given where a workspace is created."""

    path = "/api/v1/trust"
    tags = ("trust",)

    @get("/", operation_id="listTrust", opt={"action": Action.LIST_OWN})
    async def list_trust(
        self, principal: NamedDependency[Principal], trust: NamedDependency[Trust]
    ) -> TrustList:
        """List the repositories that one trusts."""
        found = await trust.list(principal)
        return TrustList(
            trusted=[
                TrustView(repository=one.key, since=one.since, workspaces=one.workspaces)
                for one in found
            ]
        )

    @delete("/", operation_id="revokeTrust", opt={"action": Action.CHANGE_OWN})
    async def revoke_trust(
        self,
        principal: NamedDependency[Principal],
        trust: NamedDependency[Trust],
        repository: Annotated[
            str, QueryParameter(description="As listTrust tells it.", max_length=4096)
        ],
    ) -> None:
        """Take trust back: its workspaces get no token at once, and open restricted next time."""
        await trust.revoke(principal, repository)


route_handlers = [TrustApi]
