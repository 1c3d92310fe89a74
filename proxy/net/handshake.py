"""TLS connections, from the moment they are accepted: a handshake is counted, and can be ended.

Servers of asyncio tell of a connection when its handshake is over. Until then it would hold a
descriptor and some 50 KB of which nobody knows, as many as come within its 15 seconds. So they are
accepted here.
"""

import asyncio
import socket
import ssl
from contextlib import suppress
from typing import cast

import structlog

from proxy.core.crowd import Worth
from proxy.net.client import Client
from proxy.net.house import House

_log = structlog.get_logger(__name__)

HANDSHAKE = 15.0
"""Seconds for a handshake."""
AT_ONCE = 32
"""Connections that are accepted in a row, before others have their turn."""
PAUSE = 0.5
"""Seconds until another try, when there are no descriptors or there is no memory."""


class Handshake:
    """A connection that is nobody's yet: becomes a `Client`, or ends."""

    worth = Worth.NOTHING

    def __init__(self, house: House, connected: socket.socket, address: str) -> None:
        self._house = house
        self._connected = connected
        self._over = False
        self.address = address
        house.knocked(self)

    def abort(self) -> None:
        """Close at once."""
        with suppress(OSError):  # its other end may be gone
            self._connected.shutdown(socket.SHUT_RDWR)

    def over(self) -> None:
        """It has ended, whichever way."""
        if not self._over:
            self._over = True
            self._house.let_in(self)

    async def shake(self, context: ssl.SSLContext) -> None:
        """Shake hands; what has failed is no news: anybody can send anything."""
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: _Door(self._house, self),
                self._connected,
                ssl=context,
                ssl_handshake_timeout=HANDSHAKE,
            )
        except OSError:
            self._connected.close()
        finally:
            self.over()


class _Door(asyncio.Protocol):
    """Who is told that a handshake is over, and gives its connection to a client."""

    def __init__(self, house: House, handshake: Handshake) -> None:
        self._house = house
        self._handshake = handshake

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._handshake.over()
        client = Client(self._house)
        transport.set_protocol(cast("asyncio.BaseProtocol", client))
        client.connection_made(transport)


class TlsServer:
    """Accepts from a listening socket until it is closed."""

    def __init__(self, house: House, listening: socket.socket, context: ssl.SSLContext) -> None:
        self._house = house
        self._listening = listening
        self._context = context
        listening.setblocking(False)
        self._accepting = house.spawn(self._accept(), "accept")

    def close(self) -> None:
        """Accept no more."""
        self._accepting.cancel()
        self._accepting.add_done_callback(lambda _task: self._listening.close())

    async def _accept(self) -> None:
        loop, row = asyncio.get_running_loop(), 0
        while True:
            try:
                connected, peer = await loop.sock_accept(self._listening)
            except ConnectionError:  # gone before it was accepted
                continue
            except OSError as error:
                _log.error("cannot_accept", error=str(error))
                await asyncio.sleep(PAUSE)
                continue
            handshake = Handshake(self._house, connected, str(peer[0]))
            self._house.spawn(handshake.shake(self._context), "handshake")
            row += 1
            if row % AT_ONCE == 0:
                await asyncio.sleep(0)
