"""The New page: what would be opened, and whether it is trusted, before anything happens.

An address that carries a credential gets here in a body, which nobody logs; the page then
holds the credential sealed until the person says whether it is to be kept.
"""

from collections.abc import Sequence
from secrets import token_urlsafe
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, HeaderParameter, QueryParameter
from msgspec import Meta, Struct

from app.accounts.access import Action, Principal
from app.accounts.keys import Keys
from app.accounts.pages import PAGE_HANDLERS, shell
from app.faults import Refusal, problem_of
from app.gitaccess.pasted import take_out
from app.gitaccess.pasting import Pasting
from app.gitaccess.service import GitAccess
from app.ides.structs import Choice
from app.settings import Settings
from app.web.render import Renderer
from app.workspaces.badge import badge_of
from app.workspaces.contexts import NewContext
from app.workspaces.contexturl import snapshot_of
from app.workspaces.ides import Ides, led
from app.workspaces.looks import look_of
from app.workspaces.preferring import Preferring
from app.workspaces.preloading import way_to_start
from app.workspaces.service import WorkspaceService
from app.workspaces.structs import CreateWorkspace, WorkspaceView
from wire.ides import Ide

Page = Request[Any, Any, Any]
TimeZone = Annotated[str, HeaderParameter(name="X-Time-Zone", max_length=100)]
"""What the browser says with every form."""
Service = NamedDependency[WorkspaceService]


class NewForm(Struct, frozen=True):
    """What the New page sends."""

    url: Annotated[str, Meta(max_length=2048)]
    ref: Annotated[str, Meta(max_length=255)] = ""
    key: Annotated[str, Meta(max_length=100)] = ""
    trust: str = "no"
    held: Annotated[str, Meta(max_length=4096)] = ""
    keep: str = "no"
    ide: Choice | None = None


class AddressForm(Struct, frozen=True):
    """What was pasted."""

    url: Annotated[str, Meta(max_length=4096)] = ""
    ref: Annotated[str, Meta(max_length=1024)] = ""


def clean_place(principal: Principal, pasting: Pasting, url: str, ref: str) -> str:
    """Return the New page's address for what was pasted; empty when that carries nothing.

    The credential stands in it sealed, for this person alone.
    """
    pasted = take_out(url)
    if pasted.address == url.strip():
        return ""
    parts = {"url": pasted.address, "ref": ref, "held_token": pasting.hold(principal, pasted)}
    return f"/new?{urlencode({name: value for name, value in parts.items() if value})}"


@post("/new/address", opt={"action": Action.CREATE_WORKSPACE, "page": True})
async def read_address(
    principal: NamedDependency[Principal],
    pasting: NamedDependency[Pasting],
    data: Annotated[AddressForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Take the credential out, and go on to the New page."""
    place = clean_place(principal, pasting, data.url, data.ref)
    place = place or f"/new?{urlencode({'url': data.url})}"
    return go(place)


@get("/new", opt={"action": Action.CREATE_WORKSPACE, "page": True})
async def new_page(
    request: Page,
    principal: NamedDependency[Principal],
    workspaces: Service,
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
    settings: NamedDependency[Settings],
    pasting: NamedDependency[Pasting],
    git_access: NamedDependency[GitAccess],
    preferring: NamedDependency[Preferring],
    ides: NamedDependency[Ides],
    url: Annotated[str, QueryParameter(name="url", max_length=4096)] = "",
    ref: Annotated[str, QueryParameter(name="ref", max_length=1024)] = "",
    held: Annotated[str, QueryParameter(name="held_token", max_length=4096)] = "",
) -> Response[Any]:
    """Show what would be opened, and ask for trust. Nothing happens before the answer."""
    if snapshot := snapshot_of(url):
        place = f"/snapshots/{quote(snapshot, safe='')}"
        return Response(None, status_code=303, headers={"location": place})
    if place := clean_place(principal, pasting, url, ref):
        return Response(None, status_code=303, headers={"location": place})
    host = pasting.host(principal, held)
    replaces = bool(host) and await git_access.has_token(principal, host)
    try:
        found = await workspaces.preview(principal, url, ref)
        own = [look_of(view) for view in found.own]
        key = token_urlsafe(16)
        badge = badge_of(settings.hosts.dashboard, url)
        stored = (await preferring.get(principal)).ide
        wished = led(ides.catalogue, stored, found.repository.opener) or stored
        context = NewContext(
            url,
            ref,
            key,
            found.repository,
            found.trusted,
            own,
            badge=badge,
            held=held if host else "",
            held_host=host,
            held_replaces=replaces,
            ides=ides.choices(ides.catalogue.counting(wished)),
            ide_told=ides.catalogue.fallen(wished),
        )
        status = 200
    except Refusal as error:
        context, status = NewContext(url, ref, "", refused=problem_of(error)), 422
    frame = shell(principal, keys, "New workspace")
    return renderer.page(request, frame, context, status=status)


@post("/new", opt={"action": Action.CREATE_WORKSPACE, "page": True})
async def create(
    request: Page,
    principal: NamedDependency[Principal],
    workspaces: Service,
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
    pasting: NamedDependency[Pasting],
    settings: NamedDependency[Settings],
    preferring: NamedDependency[Preferring],
    ides: NamedDependency[Ides],
    data: Annotated[NewForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
    time_zone: TimeZone = "",
) -> Response[Any]:
    """Create and start, then go to the start page."""
    url = take_out(data.url).address
    wanted = CreateWorkspace(url=url, ref=data.ref, trust=data.trust == "yes", ide=data.ide)
    try:
        await preferring.told_zone(principal, time_zone)
        if data.held and data.keep == "yes":
            await pasting.keep(principal, data.held)
        made = await workspaces.create(principal, wanted, data.key)
    except Refusal as error:
        context = NewContext(url, data.ref, "", refused=problem_of(error))
        frame = shell(principal, keys, "New workspace")
        return renderer.page(request, frame, context, status=422)
    return go_to_start(request, settings, ides, made)


def go(location: str, cookies: Sequence[Cookie] = ()) -> Response[Any]:
    """Send the browser to another page."""
    return Response(None, status_code=204, headers={"hx-redirect": location}, cookies=cookies)


def go_to_start(
    request: Page, settings: Settings, ides: Ides, view: WorkspaceView
) -> Response[Any]:
    """Send it to the start page, which loads VS Code's files meanwhile where it opens with that."""
    if view.editor.runs is not Ide.VSCODE:
        return go(f"/start/{view.id}")
    return go(*way_to_start(request, settings, ides.tree_of_vscode(view.ide), view.id))


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[new_page, create, read_address],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
