"""What supervisors ask for when git needs it: a token, and signatures of the person's ssh key.

Answered only for the live instance that the token proves, while its workspace is trusted,
and only with what belongs to the workspace's owner. Nothing is cached: trust that is taken
back counts from the next question on.
"""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from app.accounts.access import Action, Principal, Resource, allowed
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Denied, Missing
from app.gitaccess.handing import Handing
from app.workspaces.links import Links
from app.workspaces.store import Store
from wire.agentgit import (
    GIT_CREDENTIAL_PATH,
    SSH_KEY_PATH,
    SSH_SIGNATURE_PATH,
    CredentialAsked,
    CredentialGiven,
    SignatureAsked,
    SignatureGiven,
    SshKeyGiven,
)
from wire.ids import parse_instance_id

QUESTION: dict[str, Any] = {
    "opt": {"action": Action.REPORT_INSTANCE},
    "include_in_schema": False,
    "status_code": 200,
}
PRIVATE = {"cache-control": "no-store"}


@post(GIT_CREDENTIAL_PATH, **QUESTION)
async def git_credential(
    principal: NamedDependency[Principal],
    store: NamedDependency[Store],
    handing: NamedDependency[Handing],
    links: NamedDependency[Links],
    data: JSONBody[CredentialAsked],
) -> Response[Struct]:
    """Give the owner's token for a host; raises Missing."""
    owner = await _owner(principal, store, links)
    username, password = await handing.token(owner, data.protocol, data.host)
    if not password:
        raise Missing("token_missing", "There is no token for this host")
    return given(CredentialGiven(username=username, password=password))


@post(SSH_KEY_PATH, **QUESTION)
async def ssh_key(
    principal: NamedDependency[Principal],
    store: NamedDependency[Store],
    handing: NamedDependency[Handing],
    links: NamedDependency[Links],
) -> Response[Struct]:
    """Give the public half of the owner's key; raises Missing."""
    public = await handing.public_key(await _owner(principal, store, links))
    if not public:
        raise Missing("ssh_key_missing", "There is no ssh key")
    return given(SshKeyGiven(public=public))


@post(SSH_SIGNATURE_PATH, **QUESTION)
async def ssh_signature(
    principal: NamedDependency[Principal],
    store: NamedDependency[Store],
    handing: NamedDependency[Handing],
    links: NamedDependency[Links],
    data: JSONBody[SignatureAsked],
) -> Response[Struct]:
    """Sign in with the owner's key; raises Denied for anything that is no sign-in with it."""
    signature = await handing.sign(await _owner(principal, store, links), data.key, data.data)
    if not signature:
        raise Denied("not_signed", "Only sign-ins with the person's own key are signed")
    return given(SignatureGiven(signature=signature))


async def _owner(principal: Principal, store: Store, links: Links) -> str:
    """Return whose workspace asks; raises Denied as `trusted`."""
    return (await trusted(principal, store, links)).owner_id


async def trusted(principal: Principal, store: Store, links: Links) -> WorkspaceRow:
    """Return the workspace that asks; raises Denied unless it is trusted and its instance live."""
    row = await living(principal, store, links)
    if not row.trusted:
        raise Denied("not_trusted", "The repository is not trusted")
    return row


async def living(principal: Principal, store: Store, links: Links) -> WorkspaceRow:
    """Return the workspace whose instance asks; raises Denied when it is not the live one."""
    instance = parse_instance_id(principal.instance)
    own = Resource(owner="", organisation="", instance=principal.instance)
    if instance is None or not allowed(principal, Action.REPORT_INSTANCE, own):
        raise Denied("denied", "No such instance")
    await links.turn(principal.instance)
    async with store.database.read() as session:
        row = await session.get(WorkspaceRow, instance.workspace)
        started = await session.get(InstanceRow, principal.instance)
    if row is None or started is None or row.n != instance.n or not started.live:
        raise Denied("denied", "This instance is over")
    return row


def given(answer: Struct) -> Response[Struct]:
    """Return an answer that nobody keeps."""
    return Response(answer, headers=PRIVATE)


route_handlers = [git_credential, ssh_key, ssh_signature]
