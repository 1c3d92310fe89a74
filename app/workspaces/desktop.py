"""Opening a workspace in a program on the person's computer: the page that leads there."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from app.accounts.access import Action, Principal
from app.accounts.keys import Keys
from app.accounts.pages import PAGE_HANDLERS, shell
from app.faults import Malformed
from app.ides.links import link_of
from app.ides.structs import Icon, Kind
from app.settings import Settings
from app.web.render import Context, Renderer
from app.workspaces.ides import Ides
from app.workspaces.looks import Look, look_of
from app.workspaces.service import WorkspaceService
from wire.ssh import command_of


@dataclass(frozen=True, slots=True)
class Desktop:
    """One program."""

    ide: str
    name: str
    icon: Icon
    install: tuple[str, ...]
    experimental: bool
    chosen: bool
    link: str
    """Empty where there is no SSH gateway, by which it would come in."""


@dataclass(frozen=True, slots=True)
class DesktopContext(Context):
    """The page."""

    template: ClassVar[str] = "workspaces/desktop.html"

    look: Look
    desktop: Desktop
    others: list[Desktop]
    ssh: str
    """The command that leads in; empty without a gateway."""


@get("/workspaces/{workspace_id:str}/desktop", opt={"action": Action.SEE_WORKSPACE, "page": True})
async def desktop_page(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    workspaces: NamedDependency[WorkspaceService],
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
    settings: NamedDependency[Settings],
    ides: NamedDependency[Ides],
    workspace_id: Annotated[str, PathParameter(max_length=64)],
    ide: Annotated[str, QueryParameter(name="ide", max_length=60)] = "",
) -> Response[str]:
    """Show what opens it, and what has to be there first; `ide` is another than it opens with."""
    view = await workspaces.get(principal, workspace_id)
    wanted = ides.catalogue.option(ide or view.ide)[0]
    port, name = settings.ssh_port, settings.hosts.name
    found = [
        Desktop(
            one,
            option.name,
            option.icon,
            option.install,
            option.experimental,
            one == wanted,
            link_of(option, view.id, name, port, view.folder) if port else "",
        )
        for one, option in ides.catalogue.options.items()
        if option.kind is Kind.DESKTOP
        and ides.catalogue.policy.allows(one)
        and (not option.hidden or one == wanted)
    ]
    shown = next((one for one in found if one.chosen), None)
    if shown is None:
        cure = "Choose one that runs on a computer."
        raise Malformed("ide_unknown", "This is no editor on a computer", ide or view.ide, cure)
    others = [one for one in found if not one.chosen]
    ssh = command_of(view.id, name, port) if port else ""
    context = DesktopContext(look_of(view), shown, others, ssh)
    return renderer.page(request, shell(principal, keys, view.name), context)


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[desktop_page],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
