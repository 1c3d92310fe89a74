"""The way to the server: its unix socket on one machine, TLS over a network in a pod.

A pod is told the server's address and the certificate of whoever has signed the server's; a
name is checked as browsers do.
"""

import asyncio
import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import connect, unix_connect

DIRECT: dict[str, Any] = {"proxy": None, "compression": None, "user_agent_header": None}


@dataclass(slots=True)
class Outward:
    """Where the server's agent listener is; `url` is empty where `path` is."""

    path: str
    """Of its unix socket."""
    url: str = ""
    """`https://host:port`."""
    authority: str = ""
    """Path of the certificate (PEM) that the server's is signed by; empty for those that every
    program here trusts."""
    _tls: ssl.SSLContext | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        """What requests name as their host."""
        return urlsplit(self.url).netloc or "server"

    async def open(self, limit: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a connection; raises OSError, ssl.SSLError among them, and ValueError."""
        if not self.url:
            return await asyncio.open_unix_connection(self.path, limit=limit)
        parts = urlsplit(self.url)
        return await asyncio.open_connection(
            parts.hostname, parts.port or 443, limit=limit, ssl=self._context()
        )

    def websocket(self, target: str, **options: Any) -> connect:
        """Return a WebSocket to be opened; raises OSError as well as what it raises itself."""
        if not self.url:
            return unix_connect(self.path, f"ws://{self.host}{target}", **DIRECT, **options)
        return connect(f"wss://{self.host}{target}", ssl=self._context(), **DIRECT, **options)

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            made = ssl.create_default_context(cafile=self.authority or None)
            made.minimum_version = ssl.TLSVersion.TLSv1_2
            self._tls = made
        return self._tls
