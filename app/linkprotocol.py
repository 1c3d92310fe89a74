"""HTTP as other processes of the installation speak it over a network: each shows who it is.

The certificate was verified by the handshake; here its name is read, once for the connection,
and whoever may not connect at all is cut off. What each may ask for says `app.listeners`.
"""

import asyncio
from collections.abc import Collection
from typing import Any, cast

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kit.linkcerts import alternatives
from wire.peers import named

_log = structlog.get_logger(__name__)
PEER = "peer"
"""Where the name stands in a scope's state."""


class LinkProtocol(HttpToolsProtocol):
    """One connection of a process that has a name."""

    def __init__(self, *words: Any, names: Collection[str], **named_words: Any) -> None:
        """`names` are of those who may connect."""
        super().__init__(*words, **named_words)
        self._names = names

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        secured = transport.get_extra_info("ssl_object")
        name = None if secured is None else named(alternatives(secured))
        if name is None or name not in self._names:
            _log.warning("peer_refused", name=name)
            self.transport.abort()
            return
        # copied into the scope of every request, and handed on to a WebSocket
        self.app_state = {**self.app_state, PEER: name}
