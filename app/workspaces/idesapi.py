"""The JSON API over what a workspace may open with: /api/v1/ides."""

from litestar import Controller, get
from litestar.di import NamedDependency
from msgspec import Struct

from app.accounts.access import Action
from app.ides.structs import Kind
from app.workspaces.ides import Ides


class IdeView(Struct, frozen=True, kw_only=True):
    """One that may be chosen."""

    id: str
    """What `ide` of a workspace or of the preferences may be."""
    name: str
    title: str
    kind: Kind
    note: str
    aliases: list[str]
    experimental: bool
    version: str
    """That a start would get now; empty where none is known."""
    ready: bool
    """Whether it can be opened now; else it has to be built here first."""


class IdesView(Struct, frozen=True, kw_only=True):
    """Answer of GET /api/v1/ides."""

    default: str
    ides: list[IdeView]


class IdesApi(Controller):
    """The catalogue; the same for everybody."""

    path = "/api/v1/ides"
    tags = ("ides",)

    @get("/", operation_id="listIdes", opt={"action": Action.LIST_OWN})
    async def list_ides(self, ides: NamedDependency[Ides]) -> IdesView:
        """Return what a workspace may open with, in order."""
        found = []
        for one in ides.choices(ides.catalogue.default):
            option = ides.catalogue.option(one.ide)[1]
            view = IdeView(
                id=one.ide,
                name=option.name,
                title=option.title,
                kind=option.kind,
                note=option.note,
                aliases=list(option.aliases),
                experimental=option.experimental,
                version=ides.version_of(one.ide),
                ready=not one.why_not,
            )
            found.append(view)
        return IdesView(default=ides.catalogue.default, ides=found)


route_handlers = [IdesApi]
