"""Variables on the Settings page: added, changed and removed. No value comes back to a browser."""

from typing import Annotated, Any

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from msgspec import Meta, Struct

from app.accounts.access import Action, Principal
from app.accounts.pages import PAGE_HANDLERS
from app.faults import Missing
from app.preferences.contexts import AskContext, VariableContext, VariablesContext
from app.variables.patterns import EVERYWHERE
from app.variables.service import Variables
from app.variables.structs import ChangeVariable, SetVariable, VariableView
from app.web.render import Renderer
from wire.variables import Name, Value

Who = NamedDependency[Principal]
Draw = NamedDependency[Renderer]
Service = NamedDependency[Variables]
OfName = Annotated[str, QueryParameter(name="name", max_length=255)]
OfPattern = Annotated[str, QueryParameter(name="pattern", max_length=255)]
_CHANGE = {"action": Action.CHANGE_OWN, "page": True}


class VariableForm(Struct, frozen=True):
    """What the forms send."""

    name: Name
    value: Value = ""
    pattern: Annotated[str, Meta(max_length=255)] = EVERYWHERE
    """Empty is everywhere."""

    @property
    def typed(self) -> str:
        """The value as it was typed: a browser ends lines its own way."""
        return self.value.replace("\r\n", "\n")


Form = Annotated[VariableForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@post("/settings/variables", status_code=200, opt=_CHANGE)
async def add_variable(
    principal: Who, renderer: Draw, variables: Service, data: Form
) -> Response[str]:
    """Keep a variable, instead of the one of the same name and pattern."""
    pattern = data.pattern.strip() or EVERYWHERE
    await variables.set(principal, SetVariable(name=data.name, pattern=pattern, value=data.typed))
    return await _section(principal, renderer, variables)


@get("/settings/variables/change", opt=_CHANGE)
async def ask_change_variable(
    principal: Who, renderer: Draw, variables: Service, name: OfName, pattern: OfPattern
) -> Response[str]:
    """Show the form of one, without its value."""
    return renderer.piece(VariableContext(await _known(principal, variables, name, pattern)))


@post("/settings/variables/change", status_code=200, opt=_CHANGE)
async def change_variable(
    principal: Who,
    renderer: Draw,
    variables: Service,
    name: OfName,
    pattern: OfPattern,
    data: Form,
) -> Response[str]:
    """Change one; a value that is left empty stays."""
    wanted = ChangeVariable(
        name=data.name, pattern=data.pattern.strip() or EVERYWHERE, value=data.typed or None
    )
    await variables.change(principal, name, pattern, wanted)
    return await _section(principal, renderer, variables)


@get("/settings/variables/remove", opt=_CHANGE)
async def ask_remove_variable(
    principal: Who, renderer: Draw, variables: Service, name: OfName, pattern: OfPattern
) -> Response[str]:
    """Ask before one is removed."""
    known = await _known(principal, variables, name, pattern)
    return renderer.piece(
        AskContext(
            f"Remove {known.name}?",
            f"It is for {known.pattern}. Its value cannot be had again.",
            "Remove",
            f"/settings/variables/remove?name={known.name}&pattern={known.pattern}",
            "variables",
        )
    )


@post("/settings/variables/remove", status_code=200, opt=_CHANGE)
async def remove_variable(
    principal: Who, renderer: Draw, variables: Service, name: OfName, pattern: OfPattern
) -> Response[str]:
    """Forget one."""
    await variables.remove(principal, name, pattern)
    return await _section(principal, renderer, variables)


async def _section(principal: Principal, renderer: Renderer, variables: Variables) -> Response[str]:
    return renderer.piece(VariablesContext(await variables.view(principal)))


async def _known(
    principal: Principal, variables: Variables, name: str, pattern: str
) -> VariableView:
    for one in await variables.view(principal):
        if (one.name, one.pattern) == (name, pattern.lower()):
            return one
    raise Missing("variable_missing", "There is no such variable of yours")


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[
            add_variable,
            ask_change_variable,
            change_variable,
            ask_remove_variable,
            remove_variable,
        ],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
