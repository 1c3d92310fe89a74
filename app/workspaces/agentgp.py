"""What supervisors ask for when a person types `gp`: variables of theirs, and what a port is.

As with git's questions: only for the live instance that the token proves, only while its
workspace is trusted, only what belongs to its owner. Code of a repository can ask as well, so
what it can change is bound to this workspace and this repository.
"""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from app.accounts.access import Principal
from app.db.workspaces import WorkspaceRow
from app.faults import Denied
from app.variables.service import Variables
from app.workspaces import ports
from app.workspaces.agentgit import QUESTION, given, trusted
from app.workspaces.links import Links
from app.workspaces.store import Change, Store
from app.workspaces.structs import PortSettings, Protocol, Visibility
from wire.ids import parse_instance_id
from wire.variables import (
    PORT_PATH,
    SET_VARIABLES_PATH,
    UNSET_VARIABLES_PATH,
    VARIABLES_PATH,
    Done,
    PortSaid,
    VariablesGiven,
    VariablesSet,
    VariablesUnset,
)


@post(VARIABLES_PATH, **QUESTION)
async def variables_of(
    principal: NamedDependency[Principal],
    store: NamedDependency[Store],
    variables: NamedDependency[Variables],
    links: NamedDependency[Links],
) -> Response[Struct]:
    """Give the owner's variables that count in the repository."""
    row = await trusted(principal, store, links)
    return given(VariablesGiven(variables=await variables.of_workspace(row.owner_id, row.url)))


@post(SET_VARIABLES_PATH, **QUESTION)
async def set_variables(
    principal: NamedDependency[Principal],
    store: NamedDependency[Store],
    variables: NamedDependency[Variables],
    links: NamedDependency[Links],
    data: JSONBody[VariablesSet],
) -> Response[Struct]:
    """Keep variables for this repository."""
    row = await trusted(principal, store, links)
    await variables.set_from_inside(row.owner_id, row.url, data.variables)
    await _tell(principal, store)
    return given(Done())


@post(UNSET_VARIABLES_PATH, **QUESTION)
async def unset_variables(
    principal: NamedDependency[Principal],
    store: NamedDependency[Store],
    variables: NamedDependency[Variables],
    links: NamedDependency[Links],
    data: JSONBody[VariablesUnset],
) -> Response[Struct]:
    """Forget variables that are for this very repository."""
    row = await trusted(principal, store, links)
    await variables.unset_from_inside(row.owner_id, row.url, data.names)
    await _tell(principal, store)
    return given(Done())


@post(PORT_PATH, **QUESTION)
async def say_port(
    principal: NamedDependency[Principal],
    store: NamedDependency[Store],
    links: NamedDependency[Links],
    data: JSONBody[PortSaid],
) -> Response[Struct]:
    """Take in who may open a port of this workspace, and what it speaks."""
    row = await trusted(principal, store, links)
    said = PortSettings(
        visibility=Visibility(data.visibility) if data.visibility else None,
        protocol=Protocol(data.protocol) if data.protocol else None,
    )
    async with store.change() as change:
        found = await _exactly(change, principal)
        settings = ports.changed(found.port_settings, data.port, said)
        if settings != found.port_settings:
            found.port_settings = settings
            change.touch(found)
            for one in filter(None, (said.visibility, said.protocol)):
                text = f"Port {data.port} is {one.value}, said inside."
                change.record(found, f"port_{one.value}", text, row.owner_id)
    return given(Done())


async def _tell(principal: Principal, store: Store) -> None:
    """Let the workspace have its new variables: terminals that open from now on have them."""
    async with store.change() as change:
        change.touch(await _exactly(change, principal))


async def _exactly(change: Change, principal: Principal) -> WorkspaceRow:
    instance = parse_instance_id(principal.instance)
    found = await change.exactly(instance) if instance is not None else None
    if found is None:
        raise Denied("denied", "This instance is over")
    return found[0]


route_handlers = [variables_of, set_variables, unset_variables, say_port]
