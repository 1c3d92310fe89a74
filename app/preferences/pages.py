"""The Settings page, and what its forms and buttons do: each answers with its section anew."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from msgspec import Meta, Struct

from app.accounts.access import Action, Principal
from app.accounts.keys import Keys
from app.accounts.pages import PAGE_HANDLERS, shell
from app.faults import Malformed
from app.gitaccess.hosts import host_of
from app.gitaccess.service import GitAccess
from app.gitaccess.structs import SetToken
from app.orphans.finding import Orphans
from app.preferences.contexts import AskContext, GitAccessContext, SettingsContext, TrustContext
from app.preferences.timeout import offered
from app.sshaccess.service import SshAccess
from app.variables.service import Variables
from app.web.render import Renderer
from app.workspaces.awake import Timeouts
from app.workspaces.dotfiles import Dotfiles
from app.workspaces.gauges import size
from app.workspaces.ides import Ides
from app.workspaces.platform import Platform
from app.workspaces.preferring import Preferring
from app.workspaces.profile import Profile
from app.workspaces.trusting import Trust

Page = Request[Any, Any, Any]
Who = NamedDependency[Principal]
Draw = NamedDependency[Renderer]
Access = NamedDependency[GitAccess]
Host = Annotated[str, QueryParameter(name="host", max_length=260)]
Key = Annotated[str, QueryParameter(name="key", max_length=4096)]
_CHANGE = {"action": Action.CHANGE_OWN, "page": True}


class TokenForm(Struct, frozen=True):
    """What the form of a token sends."""

    host: Annotated[str, Meta(max_length=2048)]
    token: Annotated[str, Meta(max_length=1024)]
    username: Annotated[str, Meta(max_length=255)] = ""


@get("/settings", opt={"action": Action.LIST_OWN, "page": True})
async def settings_page(
    request: Page,
    principal: Who,
    renderer: Draw,
    keys: NamedDependency[Keys],
    git_access: Access,
    trust: NamedDependency[Trust],
    timeouts: NamedDependency[Timeouts],
    ssh_access: NamedDependency[SshAccess],
    dotfiles: NamedDependency[Dotfiles],
    preferring: NamedDependency[Preferring],
    ides: NamedDependency[Ides],
    profile: NamedDependency[Profile],
    variables: NamedDependency[Variables],
    platform: NamedDependency[Platform],
    orphans: NamedDependency[Orphans],
    host: Host = "",
) -> Response[str]:
    """Show one's settings; `host` is filled into the form of a token."""
    access = await git_access.view(principal)
    choices = offered(await timeouts.person(principal))
    keys_of_ssh = (await ssh_access.keys(principal)).keys
    trusted = await trust.list(principal)
    preferred = await preferring.get(principal)
    found = orphans.told.orphans
    context = SettingsContext(
        access,
        trusted,
        _known(host),
        choices,
        keys_of_ssh,
        (await dotfiles.view(principal)).repository,
        ides.choices(preferred.ide),
        preferred.time_zone,
        preferred.profile,
        await profile.names(principal),
        await variables.view(principal),
        await platform.backup(),
        len(found),
        size(sum(one.size for one in found)),
    )
    return renderer.page(request, shell(principal, keys, "Settings", "settings"), context)


@post("/settings/tokens", status_code=200, opt=_CHANGE)
async def set_token(
    principal: Who,
    renderer: Draw,
    git_access: Access,
    data: Annotated[TokenForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Keep a token."""
    wanted = SetToken(token=data.token, username=data.username)
    await git_access.set_token(principal, data.host, wanted)
    return await _git_access(principal, renderer, git_access)


@get("/settings/tokens/remove", opt=_CHANGE)
async def ask_remove_token(renderer: Draw, host: Host) -> Response[str]:
    """Ask before a token is removed."""
    return _ask(
        renderer,
        f"Remove the token for {_known(host)}?",
        "Private repositories of this host cannot be cloned, fetched or pushed with it any more. "
        "The token itself stays valid: revoke it at the host if nobody else needs it.",
        "Remove",
        f"tokens/remove?host={_known(host)}",
    )


@post("/settings/tokens/remove", status_code=200, opt=_CHANGE)
async def remove_token(
    principal: Who, renderer: Draw, git_access: Access, host: Host
) -> Response[str]:
    """Forget a token."""
    await git_access.remove_token(principal, host)
    return await _git_access(principal, renderer, git_access)


@get("/settings/ssh-key/make", opt=_CHANGE)
async def ask_make_key(renderer: Draw) -> Response[str]:
    """Ask before a key is replaced."""
    return _ask(
        renderer,
        "Replace your ssh key?",
        "Hosts that know the key of now refuse you until you have given them the new one.",
        "Replace",
        "ssh-key/make",
    )


@post("/settings/ssh-key/make", status_code=200, opt=_CHANGE)
async def make_key(principal: Who, renderer: Draw, git_access: Access) -> Response[str]:
    """Make a key, instead of the one before."""
    await git_access.make_key(principal)
    return await _git_access(principal, renderer, git_access)


@post("/settings/hosts/forget", status_code=200, opt=_CHANGE)
async def forget_host(
    principal: Who, renderer: Draw, git_access: Access, host: Host
) -> Response[str]:
    """Forget the keys of a host; its next one is asked about."""
    await git_access.forget_host(principal, host)
    return await _git_access(principal, renderer, git_access)


@post("/settings/trust/revoke", status_code=200, opt=_CHANGE)
async def revoke_trust(
    principal: Who, renderer: Draw, trust: NamedDependency[Trust], key: Key
) -> Response[str]:
    """Take trust back."""
    await trust.revoke(principal, key)
    return renderer.piece(TrustContext(await trust.list(principal)))


async def _git_access(principal: Principal, renderer: Renderer, access: GitAccess) -> Response[str]:
    return renderer.piece(GitAccessContext(await access.view(principal), ""))


def _ask(renderer: Renderer, title: str, text: str, word: str, place: str) -> Response[str]:
    return renderer.piece(AskContext(title, text, word, f"/settings/{place}", "git-access"))


def _known(host: str) -> str:
    """Return a host from an address as it is spelled, or nothing."""
    try:
        return host_of(host) if host else ""
    except Malformed:
        return ""


route_handlers: list[Any] = [
    Router(
        path="/",
        route_handlers=[
            settings_page,
            set_token,
            ask_remove_token,
            remove_token,
            ask_make_key,
            make_key,
            forget_host,
            revoke_trust,
        ],
        exception_handlers=PAGE_HANDLERS,
        include_in_schema=False,
    )
]
