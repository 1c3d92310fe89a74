"""The built-in documents: what every code means."""

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from msgspec import Struct, json

from app.accounts.access import Action, Principal
from app.accounts.keys import Keys
from app.accounts.pages import PAGE_HANDLERS, shell
from app.faults import EXPLAINED
from app.web.assets import FRONTEND
from app.web.render import Context, Renderer


class Condition(Struct, frozen=True):
    """A code that is explained."""

    code: str
    title: str
    cause: str
    cure: str


class Conditions(Struct, frozen=True):
    """Codes below one heading."""

    title: str
    conditions: list[Condition]


@dataclass(frozen=True, slots=True)
class ConditionsContext(Context):
    """Every code with its cause and cure."""

    template: ClassVar[str] = "docs/conditions.html"

    groups: list[Conditions]


@cache
def read_conditions() -> list[Conditions]:
    """Return what `make docs` wrote from the code."""
    return json.decode((FRONTEND / "conditions.json").read_bytes(), type=list[Conditions])


@get(EXPLAINED, opt={"action": Action.SEE_PUBLIC, "page": True})
async def conditions_page(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    renderer: NamedDependency[Renderer],
    keys: NamedDependency[Keys],
) -> Response[str]:
    """Explain every code; each has an anchor of its name."""
    frame = shell(principal, keys, "Conditions")
    return renderer.page(request, frame, ConditionsContext(read_conditions()))


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[conditions_page],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
