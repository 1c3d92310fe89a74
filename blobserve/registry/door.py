"""Connections of the listener that everybody in every workspace can open.

The proxy stands before the other sockets; here nobody does. So a workspace has only so many
connections, whoever in it holds them: what they could make us hold is everybody's.
"""

import asyncio
from typing import Any, Final

from aiohttp import web

from kit.allotment import Allotment
from kit.unixsocket import peer_uid
from wire.slots import slot_of_uid

MOST: Final = 64
"""Connections of one workspace: a client has six at a time."""


class Entry(web.Server):
    """A server whose peers are in workspaces."""

    def __init__(self, handler: Any) -> None:
        super().__init__(handler, access_log=None)
        self._allotment = Allotment(MOST)

    def __call__(self) -> Any:
        """Return the protocol of a new connection."""
        return _Door(super().__call__(), self._allotment)


class _Door(asyncio.Protocol):
    """Looks who is there, and leaves the connection to HTTP or ends it."""

    def __init__(self, inside: asyncio.Protocol, allotment: Allotment) -> None:
        self._inside = inside
        self._allotment = allotment

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        slot = slot_of_uid(peer_uid(transport.get_extra_info("socket")))
        if slot is not None and not self._allotment.admit(slot, transport):
            transport.abort()
            return
        transport.set_protocol(self._inside)
        self._inside.connection_made(transport)
