"""Ways into workspaces that there are not: ports of this machine stand for those of instances."""

import asyncio
import ssl

from proxy.core.commands import Way
from proxy.net.dial import UnreachableError
from proxy.net.door import Made
from proxy.net.inward import Make
from wire.routes import NodeTarget


class FakeInward:
    """Leads where it was told: (instance, port) → a port of loopback, or why there is no way."""

    def __init__(self) -> None:
        self.ports: dict[tuple[str, int], int | Way] = {}

    async def connect(
        self, make: Make, target: NodeTarget, port: int, tls: ssl.SSLContext | None = None
    ) -> Made:
        """Return a connection, as `Inward` says."""
        instances = {instance for instance, _ in self.ports}
        missing = Way.REFUSED if target.instance in instances else Way.UNKNOWN
        found = self.ports.get((target.instance, port), missing)
        if isinstance(found, Way):
            raise UnreachableError(found)
        name = None if tls is None else ""
        return await asyncio.get_running_loop().create_connection(
            make, "127.0.0.1", found, ssl=tls, server_hostname=name
        )

    def close(self) -> None:
        """Nothing is kept."""
