"""What supervisors ask before they clone a further repository of `.gitpod.yml`.

The clone itself is made inside the workspace, by its own rules of network and credentials; which
addresses mean a repository at all is decided here, as for the one that was opened.
"""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from app.accounts.access import Principal
from app.faults import Malformed
from app.settings import Settings
from app.workspaces import repository
from app.workspaces.agentgit import QUESTION, given, trusted
from app.workspaces.links import Links
from app.workspaces.store import Store
from wire.agentrepository import REPOSITORY_PATH, RepositoryAsked, RepositoryFound


@post(REPOSITORY_PATH, **QUESTION)
async def find_repository(
    principal: NamedDependency[Principal],
    store: NamedDependency[Store],
    links: NamedDependency[Links],
    settings: NamedDependency[Settings],
    data: JSONBody[RepositoryAsked],
) -> Response[Struct]:
    """Tell which repository an address names; raises Malformed for one that may not be cloned."""
    await trusted(principal, store, links)
    protocols = [one for one in settings.git_protocols if one != "file"]
    found = repository.parse(data.url, "", protocols, [])
    if found.variables:
        raise Malformed("url_extra", "The address sets variables", "Only links may.")
    return given(RepositoryFound(url=found.url, ref=found.ref, folder=found.folder))


route_handlers = [find_repository]
