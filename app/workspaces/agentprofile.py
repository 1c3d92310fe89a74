"""What supervisors ask for about their owner's editor; as with git's questions, only with trust."""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from app.accounts.access import Principal
from app.workspaces.agentgit import QUESTION, given, trusted
from app.workspaces.links import Links
from app.workspaces.profile import Profile
from app.workspaces.store import Store
from wire.profile import KEEP_PROFILE_PATH, PROFILE_PATH, ProfileChanged, ProfileKept


@post(PROFILE_PATH, **QUESTION)
async def profile_of(
    principal: NamedDependency[Principal],
    store: NamedDependency[Store],
    profile: NamedDependency[Profile],
    links: NamedDependency[Links],
) -> Response[Struct]:
    """Give the files of the owner's editor."""
    row = await trusted(principal, store, links)
    return given(await profile.given(row.owner_id))


@post(KEEP_PROFILE_PATH, **QUESTION)
async def keep_profile(
    principal: NamedDependency[Principal],
    store: NamedDependency[Store],
    profile: NamedDependency[Profile],
    links: NamedDependency[Links],
    data: JSONBody[ProfileChanged],
) -> Response[Struct]:
    """Keep a file as it is in this workspace."""
    row = await trusted(principal, store, links)
    return given(ProfileKept(revision=await profile.keep(row.owner_id, row.id, data)))


route_handlers = [profile_of, keep_profile]
