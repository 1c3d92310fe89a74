"""What one's new workspaces open with: the section of Settings, and /api/v1/preferences."""

from typing import Annotated, Any

from litestar import Controller, Response, Router, get, patch, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, JSONBody
from msgspec import Struct

from app.accounts.access import Action, Principal
from app.accounts.pages import PAGE_HANDLERS
from app.ides.structs import Choice
from app.preferences.contexts import IdeContext, ProfileContext
from app.web.render import Renderer
from app.workspaces.ides import Ides
from app.workspaces.preferring import ChangePreferences, Preferences, Preferring
from app.workspaces.profile import Profile


class IdeForm(Struct, frozen=True):
    """What the choice sends."""

    ide: Choice


@post("/settings/ide", status_code=200, opt={"action": Action.CHANGE_OWN, "page": True})
async def set_ide(
    principal: NamedDependency[Principal],
    renderer: NamedDependency[Renderer],
    preferring: NamedDependency[Preferring],
    ides: NamedDependency[Ides],
    data: Annotated[IdeForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Choose; what there is already stays as it is."""
    own = await preferring.change(principal, ChangePreferences(ide=data.ide))
    return renderer.piece(IdeContext(ides.choices(own.ide), own.time_zone))


class ProfileForm(Struct, frozen=True):
    """What the box sends: nothing when it is empty."""

    profile: str = ""


@post("/settings/profile", status_code=200, opt={"action": Action.CHANGE_OWN, "page": True})
async def set_profile(
    principal: NamedDependency[Principal],
    renderer: NamedDependency[Renderer],
    preferring: NamedDependency[Preferring],
    profile: NamedDependency[Profile],
    data: Annotated[ProfileForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Choose whether anything of one's editor goes along."""
    await preferring.change(principal, ChangePreferences(profile=bool(data.profile)))
    return await _profile(principal, renderer, preferring, profile)


@post("/settings/profile/forget", status_code=200, opt={"action": Action.CHANGE_OWN, "page": True})
async def forget_profile(
    principal: NamedDependency[Principal],
    renderer: NamedDependency[Renderer],
    preferring: NamedDependency[Preferring],
    profile: NamedDependency[Profile],
) -> Response[str]:
    """Drop what is kept."""
    await profile.forget(principal)
    return await _profile(principal, renderer, preferring, profile)


async def _profile(
    principal: Principal, renderer: Renderer, preferring: Preferring, profile: Profile
) -> Response[str]:
    own = await preferring.get(principal)
    return renderer.piece(ProfileContext(own.profile, await profile.names(principal)))


class PreferencesApi(Controller):
    """Preferences of whoever asks."""

    path = "/api/v1/preferences"
    tags = ("preferences",)

    @get("/", operation_id="getPreferences", opt={"action": Action.LIST_OWN})
    async def get_preferences(
        self, principal: NamedDependency[Principal], preferring: NamedDependency[Preferring]
    ) -> Preferences:
        """Return what one wants of all new workspaces."""
        return await preferring.get(principal)

    @patch("/", operation_id="changePreferences", opt={"action": Action.CHANGE_OWN})
    async def change_preferences(
        self,
        principal: NamedDependency[Principal],
        preferring: NamedDependency[Preferring],
        data: JSONBody[ChangePreferences],
    ) -> Preferences:
        """Change what one wants of all new workspaces."""
        return await preferring.change(principal, data)


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[set_ide, set_profile, forget_profile],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    ),
    PreferencesApi,
]
