"""The one access function: who may do what to what. Pure; everything else asks it.

HTTP handlers, WebSockets, grants of the proxy, the agent link and the command
line all end here. What no rule allows is denied.
"""

from dataclasses import dataclass
from enum import StrEnum


class Listener(StrEnum):
    """The socket a request came in on; proof of who may be at the other end."""

    PUBLIC = "public"
    """Through the proxy: anybody."""
    INTERNAL = "internal"
    """From a process of this installation: proxy, launcher, command line of root."""
    AGENT = "agent"
    """From inside some workspace."""


class Kind(StrEnum):
    """What kind of party acts."""

    NOBODY = "nobody"
    USER = "user"
    PLATFORM = "platform"
    INSTANCE = "instance"


class Action(StrEnum):
    """What can be asked for. Every route names one."""

    SEE_PUBLIC = "see_public"
    """Sign-in page, assets, health: no secret, no effect on anybody's data."""
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    LIST_OWN = "list_own"
    """See one's own lists and the live feed of one's own things."""
    CHANGE_OWN = "change_own"
    """One's own settings: account, git access, whom one trusts."""
    CREATE_WORKSPACE = "create_workspace"
    SEE_WORKSPACE = "see_workspace"
    CHANGE_WORKSPACE = "change_workspace"
    """Start, stop, rename."""
    DELETE_WORKSPACE = "delete_workspace"
    OPEN_IDE = "open_ide"
    OPEN_PORT = "open_port"
    SHARE_PORT = "share_port"
    """Make, see and revoke share links: whoever sees one can give it away."""
    OPEN_SSH = "open_ssh"
    READ_CONTENT = "read_content"
    """Look into restore points and take files out of them."""
    MAKE_SNAPSHOT = "make_snapshot"
    """Keep a workspace's files for others to begin with."""
    CHANGE_SNAPSHOT = "change_snapshot"
    """Delete a snapshot."""
    OPEN_SNAPSHOT = "open_snapshot"
    """See a snapshot and make a workspace of it."""
    PLATFORM = "platform"
    """Route feed, grant redemption, login links, local tokens."""
    REPORT_INSTANCE = "report_instance"
    """The agent link."""


class Shared(StrEnum):
    """Who may open a thing beside its owner."""

    OWNER = "owner"
    """Nobody."""
    PEOPLE = "people"
    """Everybody with an account here, who also sees it in a list."""
    LINK = "link"
    """Everybody with an account here who has its link."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts: proven by session, token or listener, never by a claim."""

    kind: Kind
    listener: Listener
    user: str = ""
    session: str = ""
    organisations: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None
    """Actions a token is limited to; None is no limit (a session)."""
    instance: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """What is acted on; `owner` and `organisation` are on every owned row."""

    owner: str
    organisation: str
    instance: str = ""
    shared: Shared = Shared.OWNER


_OPEN = frozenset({Action.SEE_PUBLIC, Action.SIGN_IN})
_OWN = frozenset({Action.LIST_OWN, Action.CHANGE_OWN, Action.CREATE_WORKSPACE, Action.SIGN_OUT})
_OF_WORKSPACE = frozenset(
    {
        Action.SEE_WORKSPACE,
        Action.CHANGE_WORKSPACE,
        Action.DELETE_WORKSPACE,
        Action.OPEN_IDE,
        Action.OPEN_PORT,
        Action.SHARE_PORT,
        Action.OPEN_SSH,
        Action.READ_CONTENT,
        Action.MAKE_SNAPSHOT,
        Action.CHANGE_SNAPSHOT,
    }
)


_SHARED = frozenset({Action.OPEN_SNAPSHOT})


def allowed(principal: Principal, action: Action, resource: Resource | None = None) -> bool:
    """Tell whether the principal may do this; without a rule the answer is no.

    `resource` is required for actions on a workspace or an instance. A route's
    guard may ask without it, to turn away early who could never be allowed: see
    `conceivable`.
    """
    if not conceivable(principal, action):
        return False
    if action is Action.OPEN_SNAPSHOT:
        if resource is None:
            return False
        return resource.owner == principal.user or resource.shared is not Shared.OWNER
    if action in _OF_WORKSPACE:
        return resource is not None and resource.owner == principal.user
    if action is Action.REPORT_INSTANCE:
        return resource is not None and resource.instance == principal.instance
    return True


def conceivable(principal: Principal, action: Action) -> bool:
    """Tell whether some resource exists on which the principal might do this."""
    if principal.scopes is not None and action not in principal.scopes:
        return action in _OPEN and principal.listener is Listener.PUBLIC
    match principal.listener, principal.kind:
        case Listener.PUBLIC, Kind.USER:
            return bool(principal.user) and (action in _OPEN | _OWN | _OF_WORKSPACE | _SHARED)
        case Listener.PUBLIC, Kind.NOBODY:
            return action in _OPEN
        case Listener.INTERNAL, Kind.PLATFORM:
            return action is Action.PLATFORM
        case Listener.AGENT, Kind.INSTANCE:
            return bool(principal.instance) and action is Action.REPORT_INSTANCE
        case _:
            return False
