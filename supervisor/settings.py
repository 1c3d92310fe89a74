"""Settings of the supervisor. A workspace sets none of them; tests do."""

from collections.abc import Mapping
from dataclasses import dataclass

from supervisor.core.startup import PATIENCE
from supervisor.host.checkout import MARKER
from supervisor.host.idelog import LOG
from wire.agent import IDE_PORT, LOCAL_SOCKET, SERVER_SOCKET, SUPERVISOR_PORT, TOKEN_FILE
from wire.image import VARIABLES_FILE
from wire.names import ENTRY_SOCKET, NAMES_FILE
from wire.ssh import SSH_PORT

TASKS = "/run/podium/tasks"
WEB = "/.supervisor/web"


@dataclass(frozen=True, slots=True)
class Settings:
    """Read once in `__main__`."""

    token_file: str
    """Path of the instance token; read once, then removed."""
    server_socket: str
    """Path of the agent listener's socket."""
    server_url: str
    """Address of the agent listener over a network, `https://host:port`; empty where its socket
    is here."""
    authority: str
    """Path of the certificate (PEM) that the server's is signed by; empty for those of
    the bundle."""
    address: str
    """Address of this pod, where proxies come in (`wire.door`); empty where they come by the
    node's daemon."""
    api_port: int
    """Loopback TCP port of the supervisor's own API."""
    ide_port: int
    """Loopback TCP port on which the IDE has to answer."""
    ssh_port: int
    """Loopback TCP port for SSH."""
    ide_command: tuple[str, ...]
    """Another IDE's argument list; empty means VS Code's server from /ide."""
    ide_log: str
    """Path of the IDE's output; a new start begins it anew after 5 MB."""
    checkout_marker: str
    """Path of the file that says that this workspace has been checked out."""
    local_socket: str
    """Path of the socket for `gp` and the IDE."""
    tasks_folder: str
    """Folder of the tasks' shell texts, gone with the container."""
    startup_patience: float
    """Seconds that tasks wait for the startup files of their shells."""
    web: str
    """Folder of the terminals' page."""
    names_file: str
    """Path of what the daemon tells of the platform's own names; none of them without it."""
    variables_file: str
    """Path of the variables of the image's configuration; none without it."""
    entry_socket: str
    """Path of the proxy's socket for connections of workspaces."""

    @property
    def names(self) -> tuple[str, str]:
        """Both paths that the platform's own names need."""
        return self.names_file, self.entry_socket

    @property
    def own_ports(self) -> frozenset[int]:
        """Ports that are not the person's."""
        return frozenset({self.api_port, self.ide_port, self.ssh_port})

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings; every default is the place inside a workspace."""
        return cls(
            token_file=environ.get("SUPERVISOR_TOKEN_FILE", TOKEN_FILE),
            server_socket=environ.get("SUPERVISOR_SERVER_SOCKET", SERVER_SOCKET),
            server_url=environ.get("SUPERVISOR_SERVER_URL", ""),
            authority=environ.get("SUPERVISOR_CA", ""),
            address=environ.get("SUPERVISOR_ADDRESS", ""),
            api_port=int(environ.get("SUPERVISOR_API_PORT", SUPERVISOR_PORT)),
            ide_port=int(environ.get("SUPERVISOR_IDE_PORT", IDE_PORT)),
            ssh_port=int(environ.get("SUPERVISOR_SSH_PORT", SSH_PORT)),
            ide_command=tuple(environ.get("SUPERVISOR_IDE_COMMAND", "").split()),
            ide_log=environ.get("SUPERVISOR_IDE_LOG", LOG),
            checkout_marker=environ.get("SUPERVISOR_CHECKOUT_MARKER", MARKER),
            local_socket=environ.get("SUPERVISOR_LOCAL_SOCKET", LOCAL_SOCKET),
            tasks_folder=environ.get("SUPERVISOR_TASKS", TASKS),
            startup_patience=float(environ.get("SUPERVISOR_STARTUP_PATIENCE", PATIENCE)),
            web=environ.get("SUPERVISOR_WEB", WEB),
            names_file=environ.get("SUPERVISOR_NAMES_FILE", NAMES_FILE),
            variables_file=environ.get("SUPERVISOR_VARIABLES_FILE", VARIABLES_FILE),
            entry_socket=environ.get("SUPERVISOR_ENTRY_SOCKET", ENTRY_SOCKET),
        )
