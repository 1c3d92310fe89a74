"""The host grammar: which Host header names what.

    podium.localhost:8080                       the dashboard
    localhost:8080, 127.0.0.1:8080, [::1]:8080  a redirect to the dashboard
    <workspace>.ws.localhost:8080               the IDE of a workspace
    3000-<workspace>.ws.localhost:8080          port 3000 of a workspace
    debug-<workspace>.ws.localhost:8080         a debug run of a workspace; 3000-debug-… its ports
    v--<hash>.ws.localhost:8080                 foreign content (webviews)
    ide.localhost:8080                          IDE assets
    ws.localhost:8080                           loads IDE assets ahead, for every workspace
    reg.localhost:8080                          registry facade

Everything is derived from two settings, base URL and content domain; nothing
here knows the word localhost except the redirect of plain loopback names.
A name that does not parse names nothing, and never reaches an upstream.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from wire.ids import is_workspace_id

_PORT_HOST = re.compile(r"([1-9][0-9]{0,4})-(.+)", re.ASCII)
_FOREIGN = re.compile(r"v--[0-9a-v]{1,59}", re.ASCII)
"""Base32 with the extended hex alphabet (RFC 4648, 7), as VS Code spells the hash of an origin."""
_DEBUG = "debug-"
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[0-9a-z.-]+)(?::([0-9]{1,5}))?", re.ASCII)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
OPEN_PATH = "/.podium/open"
"""On a workspace's host: leads to the IDE as soon as it answers; `?to=` is a path of it."""
_DEFAULT_PORT = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class DashboardHost:
    """The control plane's own origin."""


@dataclass(frozen=True, slots=True)
class LoopbackHost:
    """A bare loopback name: answered with a redirect, because cookies ignore ports."""


@dataclass(frozen=True, slots=True)
class IdeHost:
    """The IDE and supervisor of one workspace."""

    workspace: str


@dataclass(frozen=True, slots=True)
class PortHost:
    """One port (1 to 65535) of one workspace."""

    workspace: str
    port: int


@dataclass(frozen=True, slots=True)
class DebugHost:
    """The IDE (`port` 0) or a port of a workspace that is run to try its configuration."""

    workspace: str
    port: int = 0


@dataclass(frozen=True, slots=True)
class ForeignHost:
    """An origin for foreign content; `label` is the whole first label (`v--…`)."""

    label: str


@dataclass(frozen=True, slots=True)
class AssetsHost:
    """Immutable IDE assets."""


@dataclass(frozen=True, slots=True)
class PreloadHost:
    """The domain of all workspaces, and none of them: loads static files ahead."""


@dataclass(frozen=True, slots=True)
class RegistryHost:
    """The registry facade."""


Host = (
    DashboardHost
    | LoopbackHost
    | IdeHost
    | PortHost
    | DebugHost
    | ForeignHost
    | AssetsHost
    | PreloadHost
    | RegistryHost
)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Reads and spells the hosts of one installation.

    `scheme` is http or https, `name` the dashboard's host name, `content` the
    domain under which user content lives, `port` what browsers see.
    """

    scheme: str
    name: str
    content: str
    port: int

    @classmethod
    def of(cls, base_url: str, content: str) -> "Hosts":
        """Build from the base URL (`http://podium.localhost:8080`) and the content domain.

        Raises ValueError when the base URL is not an http(s) origin.
        """
        parts = urlsplit(base_url)
        if parts.scheme not in _DEFAULT_PORT or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError(f"base URL must be an http or https origin without a path: {base_url}")
        return cls(
            parts.scheme,
            parts.hostname,
            content.lower(),
            parts.port or _DEFAULT_PORT[parts.scheme],
        )

    @property
    def _suffix(self) -> str:
        return "" if self.port == _DEFAULT_PORT[self.scheme] else f":{self.port}"

    @property
    def workspace_domain(self) -> str:
        """Domain of every workspace host (`ws.<content>`), the Domain of port cookies."""
        return f"ws.{self.content}"

    @property
    def dashboard(self) -> str:
        """Origin of the dashboard, without a trailing slash."""
        return f"{self.scheme}://{self.name}{self._suffix}"

    def origin(self, name: str) -> str:
        """Return the origin of a host name of the installation."""
        return f"{self.scheme}://{name}{self._suffix}"

    def start(self, workspace: str) -> str:
        """Address of the page that shows a workspace's start."""
        return f"{self.dashboard}/start/{workspace}"

    @property
    def assets(self) -> str:
        """Origin of the IDE's static files."""
        return f"{self.scheme}://ide.{self.content}{self._suffix}"

    @property
    def registry(self) -> str:
        """Origin of the registry facade."""
        return f"{self.scheme}://reg.{self.content}{self._suffix}"

    @property
    def preload(self) -> str:
        """Origin that loads static files ahead: of the workspaces' site, and of none of them."""
        return f"{self.scheme}://{self.workspace_domain}{self._suffix}"

    def ide(self, workspace: str) -> str:
        """Origin of a workspace's IDE."""
        return f"{self.scheme}://{workspace}.{self.workspace_domain}{self._suffix}"

    def port_of(self, workspace: str, port: int) -> str:
        """Origin of a workspace's port."""
        return f"{self.scheme}://{port}-{workspace}.{self.workspace_domain}{self._suffix}"

    def parse(self, authority: str) -> Host | None:
        """Return what a Host header (or the authority of an Origin) names, or None.

        Case is folded. A port in the header must be the installation's own when
        given; a bare name is taken when a front may have removed the port.
        """
        match = _AUTHORITY.fullmatch(authority.lower())
        if match is None:
            return None
        name, port = match.group(1), match.group(2)
        if port is not None and int(port) != self.port:
            return None
        if name == self.name:
            return DashboardHost()
        if name in LOOPBACK:
            return LoopbackHost()
        if name == f"ide.{self.content}":
            return AssetsHost()
        if name == f"reg.{self.content}":
            return RegistryHost()
        if name == self.workspace_domain:
            return PreloadHost()
        label, dot, rest = name.partition(".")
        if not dot or rest != self.workspace_domain:
            return None
        return _parse_label(label)

    def parse_origin(self, origin: str) -> Host | None:
        """Return what an Origin header (or an absolute URL) names; None for other schemes."""
        try:
            parts = urlsplit(origin)
        except ValueError:  # brackets that are none of an address, letters that look like others
            return None
        if parts.scheme != self.scheme or not parts.netloc:
            return None
        explicit = parts.netloc.rpartition(":")[2].isdigit() and not parts.netloc.endswith("]")
        if not explicit and self.port != _DEFAULT_PORT[self.scheme]:
            return None
        return self.parse(parts.netloc)


def _parse_label(label: str) -> Host | None:
    if _FOREIGN.fullmatch(label):
        return ForeignHost(label)
    if is_workspace_id(label):
        return IdeHost(label)
    match = _PORT_HOST.fullmatch(label)
    port, named = (0, label) if match is None else (int(match.group(1)), match.group(2))
    if port > 65535:
        return None
    if named.startswith(_DEBUG) and is_workspace_id(named.removeprefix(_DEBUG)):
        return DebugHost(named.removeprefix(_DEBUG), port)
    return PortHost(named, port) if port and is_workspace_id(named) else None
