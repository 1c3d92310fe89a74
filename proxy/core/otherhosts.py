"""Hosts that belong to no single workspace, or to something that is not built yet.

None of them takes a credential, and none reaches a workspace: what a name cannot answer is
said in words, so that nobody looks for the fault in the own setup.
"""

import msgspec

from proxy.core.access import wants_page
from proxy.core.answers import dashboard_link, workspace_link
from proxy.core.message import RequestHead
from proxy.core.pages import Link
from proxy.core.replies import Reply, explain, plain
from proxy.core.rules import Rules
from wire.assets import foreign_target
from wire.hosts import DebugHost, IdeHost, PortHost

_CHALLENGE = "/.well-known/acme-challenge/"
_REGISTRY = "/v2"
_AGAIN = 5
"""Seconds after which a program may ask again."""


def is_challenge(path: str) -> bool:
    """Tell whether a certificate authority asks who answers for this name (RFC 8555, 8.3)."""
    if "acme-challenge" not in path:
        return False
    segments = [one for one in path.split("/") if one not in {"", "."}]
    return f"/{'/'.join(segments)}/".startswith(_CHALLENGE)


def challenge() -> Reply:
    """Refuse: user code must not get certificates for names of the installation."""
    body = b"Certificates for this installation's names are not to be had from inside it.\n"
    return plain(403, [(b"content-type", b"text/plain; charset=utf-8")], body)


def debugging(rules: Rules, head: RequestHead, host: DebugHost) -> Reply:
    """Return the answer for the host of a debugged workspace, the same for every one."""
    what = f"port {host.port} of a debug run" if host.port else "a debug run"
    return explain(
        404,
        "debug_unavailable",
        "There are no debug runs yet",
        f"This address stands for {what} of the workspace {host.workspace}: a second container "
        "beside it, to try its configuration. Podium does not start such runs.",
        "Use the workspace itself.",
        html=wants_page(head),
        links=(
            Link(f"{_beside(rules, host)}/", "Open the workspace's own address"),
            workspace_link(rules.hosts, host.workspace),
        ),
    )


def _beside(rules: Rules, host: DebugHost) -> str:
    own = PortHost(host.workspace, host.port) if host.port else IdeHost(host.workspace)
    return rules.origin_of(own)


def to_blobserve(rules: Rules, head: RequestHead) -> str | Reply:
    """Return what a foreign host asks blobserve for, or why it asks for nothing.

    Its pages run what others wrote, and belong to nobody: so no workspace is reached here,
    although Gitpod's foreign hosts lead to ports and IDEs by a prefix of the path.
    """
    first = head.path.split("/", 2)[1]
    named = rules.host(f"{first}.{rules.hosts.workspace_domain}")
    if isinstance(named, IdeHost | PortHost | DebugHost):
        cause = (
            "Hosts of foreign content serve static files only. A workspace behind them would "
            "need the person's credential on an origin that every workspace shares."
        )
        link = Link(f"{rules.hosts.ide(named.workspace)}/", "Open the workspace's own address")
    else:
        target = foreign_target(head.target)
        if target:
            return target
        cause = "Hosts of foreign content serve files of images: /<image>/__files__/<path>."
        link = dashboard_link(rules.hosts)
    return explain(
        404,
        "foreign_content",
        "There is nothing at this address",
        cause,
        html=wants_page(head),
        links=(link,),
    )


def is_registrys(path: str) -> bool:
    """Tell whether a path is of the distribution API, which is all that the registry's host has."""
    return path == _REGISTRY or path.startswith(f"{_REGISTRY}/")


def no_registrys(rules: Rules, head: RequestHead) -> Reply:
    """Return the answer for other paths, in the form that registries' clients read."""
    if wants_page(head):
        return explain(
            404,
            "registry_no_page",
            "This is a registry of images",
            "Programs take images from this address, each with a token that Podium has given it. "
            "There is nothing to look at.",
            html=True,
            links=(dashboard_link(rules.hosts),),
        )
    message = "This address is none of a registry."
    detail = f"addresses of the registry begin with {_REGISTRY}/"
    return _registrys(404, "registry_no_page", "NAME_UNKNOWN", message, detail)


def too_many_at_registry(_head: RequestHead) -> Reply:
    """Return the answer to who has waited for others of the same address, as clients read it."""
    message = "Too many requests from this address are in work."
    detail = "wait until they have ended"
    again = (b"retry-after", b"%d" % _AGAIN)
    return _registrys(429, "too_many_requests", "TOOMANYREQUESTS", message, detail, again)


def _registrys(
    status: int, code: str, word: str, message: str, detail: str, *more: tuple[bytes, bytes]
) -> Reply:
    error = {"code": word, "message": message, "detail": detail}
    headers = [(b"content-type", b"application/json"), *more]
    reply = plain(status, headers, msgspec.json.encode({"errors": [error]}))
    return Reply(reply.status, reply.headers, reply.body, code)
