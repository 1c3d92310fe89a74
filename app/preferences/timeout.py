"""The section of Settings on how long one's workspaces run unused."""

from typing import Annotated, Any

from litestar import Response, Router, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body
from msgspec import Meta, Struct

from app.accounts.access import Action, Principal
from app.accounts.pages import PAGE_HANDLERS
from app.preferences.contexts import TimeoutContext
from app.web.render import Renderer
from app.workspaces.awake import PersonTimeout, Timeouts
from app.workspaces.timeouts import Choice, choices


class TimeoutForm(Struct, frozen=True):
    """What the choice sends; empty is the installation's."""

    timeout: Annotated[str, Meta(max_length=64)] = ""


def offered(own: PersonTimeout) -> list[Choice]:
    """Return what may be chosen; the first is what the installation says."""
    return choices(own.timeout, own.installation, "as usual here")


@post("/settings/timeout", status_code=200, opt={"action": Action.CHANGE_OWN, "page": True})
async def set_timeout(
    principal: NamedDependency[Principal],
    renderer: NamedDependency[Renderer],
    timeouts: NamedDependency[Timeouts],
    data: Annotated[TimeoutForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Choose; what runs follows at once."""
    own = await timeouts.set_person(principal, data.timeout)
    return renderer.piece(TimeoutContext(offered(own)))


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[set_timeout],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
