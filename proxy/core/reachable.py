"""Whether an instance answers, by its phase."""

from proxy.core.rules import WorkspaceHost
from wire.agent import SUPERVISOR_PORT
from wire.hosts import PortHost
from wire.phases import Phase
from wire.routes import Route


def reachable(found: Route, host: WorkspaceHost, port: int) -> bool:
    """Tell whether the instance answers on this host in its phase.

    Supervisor and ports do as soon as the supervisor is connected, the IDE when it is up.
    """
    if found.target is None:
        return False
    if found.phase is Phase.RUNNING:
        return True
    early = isinstance(host, PortHost) or port == SUPERVISOR_PORT
    return early and found.phase is Phase.INITIALIZING
