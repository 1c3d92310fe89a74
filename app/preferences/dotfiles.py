"""The section of Settings, and the API, on one's dotfiles: /api/v1/dotfiles."""

from typing import Annotated, Any

from litestar import Controller, Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, JSONBody
from msgspec import Meta, Struct

from app.accounts.access import Action, Principal
from app.accounts.pages import PAGE_HANDLERS
from app.preferences.contexts import DotfilesContext
from app.web.render import Renderer
from app.workspaces.dotfiles import Dotfiles, DotfilesView, SetDotfiles

Who = NamedDependency[Principal]
Service = NamedDependency[Dotfiles]


class DotfilesApi(Controller):
    """Dotfiles of whoever asks."""

    path = "/api/v1/dotfiles"
    tags = ("dotfiles",)

    @get("/", operation_id="getDotfiles", opt={"action": Action.LIST_OWN})
    async def view(self, principal: Who, dotfiles: Service) -> DotfilesView:
        """Return the repository of one's dotfiles."""
        return await dotfiles.view(principal)

    @put("/", operation_id="setDotfiles", opt={"action": Action.CHANGE_OWN})
    async def set(
        self, principal: Who, dotfiles: Service, data: JSONBody[SetDotfiles]
    ) -> DotfilesView:
        """Choose the repository that trusted workspaces get them from at their first start."""
        return await dotfiles.set(principal, data.repository)


class DotfilesForm(Struct, frozen=True):
    """What the form sends; empty is none."""

    repository: Annotated[str, Meta(max_length=2048)] = ""


@post("/settings/dotfiles", status_code=200, opt={"action": Action.CHANGE_OWN, "page": True})
async def set_dotfiles(
    principal: Who,
    renderer: NamedDependency[Renderer],
    dotfiles: Service,
    data: Annotated[DotfilesForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Choose, or have none any more."""
    view = await dotfiles.set(principal, data.repository)
    return renderer.piece(DotfilesContext(view.repository))


route_handlers: list[Any] = [
    DotfilesApi,
    Router(
        path="/",
        route_handlers=[set_dotfiles],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    ),
]
