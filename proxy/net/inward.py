"""Ways into workspaces: by the daemon of a node, or by the door of a pod's supervisor."""

import asyncio
import ssl
from collections.abc import Callable
from typing import Protocol, cast

from proxy.net.dial import Dialer
from proxy.net.door import Made, enter
from wire.routes import NodeTarget

Make = Callable[[], asyncio.BaseProtocol]


class Inward(Protocol):
    """Makes connections to ports of instances."""

    async def connect(
        self, make: Make, target: NodeTarget, port: int, tls: ssl.SSLContext | None = None
    ) -> Made:
        """Return a connection, of a protocol that is made for it; with `tls`, TLS to the port.

        Raises UnreachableError, ssl.SSLError when the port speaks no TLS, and OSError.
        """
        ...

    def close(self) -> None:
        """Close what is kept for further connections."""
        ...


class Ways:
    """Both: which one it is, the route says."""

    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer

    async def connect(
        self, make: Make, target: NodeTarget, port: int, tls: ssl.SSLContext | None = None
    ) -> Made:
        """Return a connection, as `Inward` says."""
        loop = asyncio.get_running_loop()
        # No name is told: which one a server expects is not known, and none gets its first.
        name = None if tls is None else ""
        if not target.at:
            connected = await self._dialer.dial(target.instance, port, target.dial)
            return await loop.create_connection(make, sock=connected, ssl=tls, server_hostname=name)
        if tls is None:
            return await enter(make, target.at, target.key, port)
        outer, unused = await enter(asyncio.Protocol, target.at, target.key, port)
        protocol = make()
        transport = cast("asyncio.Transport", outer)
        try:
            inner = await loop.start_tls(transport, unused, tls, server_hostname=name)
        except BaseException:
            transport.abort()
            raise
        if inner is None:
            raise ConnectionResetError("the port has closed")
        inner.set_protocol(protocol)
        protocol.connection_made(inner)
        return inner, protocol

    def close(self) -> None:
        """Close the lines to daemons."""
        self._dialer.close()
