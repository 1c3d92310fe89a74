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
        options = ides.catalogue.options
        found = [
            IdeView(
                id=one.ide,
                name=options[one.ide].name,
                title=options[one.ide].title,
                kind=options[one.ide].kind,
                note=options[one.ide].note,
                aliases=list(options[one.ide].aliases),
                experimental=options[one.ide].experimental,
                ready=not one.why_not,
            )
            for one in ides.choices(ides.catalogue.default)
        ]
        return IdesView(default=ides.catalogue.default, ides=found)


route_handlers = [IdesApi]
