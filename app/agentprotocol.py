"""HTTP as it is spoken on the agent socket, which everybody in every workspace can open.

On a cluster it is a listener of a network, in TLS. The proxy stands before the other sockets; here
nobody does. So a workspace has only so many connections, whoever in it holds them: descriptors and
memory of this process are everybody's. And a head has an end: the parser itself would keep one
of any length.
"""

import asyncio
import socket
from collections.abc import Hashable
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kit.allotment import Allotment
from kit.unixsocket import peer_uid
from wire.slots import slot_of_uid

MOST: Final = 64
"""Connections of one workspace: its supervisor's link, and a few questions at a time."""
LONGEST_HEAD: Final = 16 * 1024
"""Bytes; a supervisor's own is below 500."""


class AgentProtocol(HttpToolsProtocol):
    """One connection of somebody in a workspace."""

    def __init__(self, *words: Any, allotment: Allotment, **named: Any) -> None:
        super().__init__(*words, **named)
        self._allotment = allotment
        self._in_head = True
        self._head = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        workspace = _workspace(transport)
        if workspace is not None and not self._allotment.admit(workspace, transport):
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self._in_head:
            self._head += len(data)
            if self._head > LONGEST_HEAD:
                self.transport.abort()

    def on_message_begin(self) -> None:
        self._in_head, self._head = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        if any(name == b"transfer-encoding" for name, _value in self.headers):
            # trailers would be a head without an end again; the parser answers it with 400
            raise ValueError("bodies have to tell their length")
        super().on_headers_complete()


def _workspace(transport: asyncio.BaseTransport) -> Hashable:
    """Return what tells workspaces apart: on a machine its users, on a network its address."""
    connection = transport.get_extra_info("socket")
    if connection.family == socket.AF_UNIX:
        return slot_of_uid(peer_uid(connection))
    return str(transport.get_extra_info("peername")[0])
