"""What stays the same for all requests of an installation, and what is remembered for it."""

from functools import lru_cache, partial

from proxy.core.grants import Grants
from wire.hosts import Host, Hosts, IdeHost, PortHost
from wire.shares import share_cookie
from wire.tokens import cookie_names, port_cookie

WorkspaceHost = IdeHost | PortHost

_LONGEST_ORIGIN = 300
"""Characters of scheme and authority; what is longer names nothing here."""


class Rules:
    """Names, hosts and cookies of one installation."""

    def __init__(self, hosts: Hosts, tag: str, grants: Grants) -> None:
        self.hosts = hosts
        self.tag = tag
        self.grants = grants
        self.strict = hosts.scheme == "https"
        """Whether browsers are told to come by HTTPS alone."""
        self.ide_cookie = cookie_names(tag)["ide"]
        self.nonce_cookie = cookie_names(tag)["nonce"]
        self.share_cookie = share_cookie(tag)
        self._port_cookie = lru_cache(4096)(partial(port_cookie, tag))
        self._ancestors = lru_cache(4096)(self._spell_ancestors)
        self._parse = lru_cache(4096)(hosts.parse)
        self._parse_origin = lru_cache(4096)(hosts.parse_origin)

    def host(self, authority: str) -> Host | None:
        """Return what a Host header names."""
        return self._parse(authority)

    def port_cookie(self, workspace: str) -> str:
        """Return the name of the cookie that is worth the ports of a workspace."""
        return self._port_cookie(workspace)

    def ancestors(self, workspace: str, initiator: str) -> str:
        """Return who may frame an answer of a workspace.

        A policy cannot spell "every port of this workspace", so the page that was proven
        to have caused the request is named beside the workspace's IDE.
        """
        return self._ancestors(workspace, initiator)

    def _spell_ancestors(self, workspace: str, initiator: str) -> str:
        origins = ["'self'", self.hosts.ide(workspace), initiator]
        return " ".join(dict.fromkeys([one for one in origins if one]))

    def origin_of(self, host: WorkspaceHost) -> str:
        """Spell the origin of a workspace's host."""
        if isinstance(host, IdeHost):
            return self.hosts.ide(host.workspace)
        return self.hosts.port_of(host.workspace, host.port)

    def page_of(self, url: str, workspace: str) -> str:
        """Return the origin of a URL when it is a host of the workspace, else nothing."""
        path = url.find("/", url.find("//") + 2)
        origin = url if path < 0 else url[:path]
        named = self._parse_origin(origin) if len(origin) <= _LONGEST_ORIGIN else None
        if isinstance(named, IdeHost | PortHost) and named.workspace == workspace:
            return self.origin_of(named)
        return ""
