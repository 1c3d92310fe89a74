"""Kinds of host, as operators read them in metrics and in the access log."""

from proxy.core.commands import Service
from proxy.core.message import RequestHead
from proxy.core.plans import Forward
from proxy.core.rules import Rules
from wire.agent import SUPERVISOR_PORT
from wire.hosts import (
    AssetsHost,
    DashboardHost,
    DebugHost,
    ForeignHost,
    Host,
    IdeHost,
    LoopbackHost,
    PortHost,
    PreloadHost,
    RegistryHost,
)

KINDS = {
    "dashboard": "pages and API of the server",
    "ide": "a workspace's editor",
    "supervisor": "`/_supervisor/` of a workspace's editor",
    "port": "a port of a workspace",
    "debug": "`debug-` hosts, which nothing fills yet",
    "assets": "static files of the editor",
    "foreign": "foreign content (webviews)",
    "preload": "loads static files ahead",
    "registry": "the registry facade",
    "loopback": "plain `localhost`, redirected to the dashboard",
    "own": "`/.podium/` on any host: health, handovers, links",
    "unknown": "a host that names nothing here",
    "none": "refused before there was a head to read a host from",
}
"""Every kind, with words for the documentation."""

_OWN = "/.podium/"
_SUPERVISOR = "/_supervisor/"
_OF_TYPE: dict[type[Host], str] = {
    DashboardHost: "dashboard",
    DebugHost: "debug",
    ForeignHost: "foreign",
    AssetsHost: "assets",
    PreloadHost: "preload",
    RegistryHost: "registry",
    LoopbackHost: "loopback",
    IdeHost: "ide",
    PortHost: "port",
}


def kind_of_forward(forward: Forward) -> str:
    """Return the kind of what is passed on."""
    host = forward.host
    if host is None:
        return "dashboard" if forward.upstream.target is Service.SERVER else "assets"
    if isinstance(host, PortHost):
        return "port"
    return "supervisor" if forward.upstream.port == SUPERVISOR_PORT else "ide"


def kind_of_reply(rules: Rules, head: RequestHead) -> tuple[str, str]:
    """Return the kind of what the proxy answered itself, and the workspace that it named."""
    if head.target == "-":
        return "none", ""
    host = rules.host(head.authority)
    workspace = host.workspace if isinstance(host, IdeHost | PortHost) else ""
    if head.path.startswith(_OWN):
        return "own", workspace
    if isinstance(host, IdeHost) and head.path.startswith(_SUPERVISOR):
        return "supervisor", workspace
    return (_OF_TYPE.get(type(host), "unknown") if host is not None else "unknown"), workspace
