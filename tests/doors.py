"""A supervisor's door on a port of loopback, with the certificate that the server would give."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.workspaces.doors import certificate
from supervisor.host.door import Door, context_of


@asynccontextmanager
async def open_door(key: str, listening: socket.socket | None = None) -> AsyncIterator[str]:
    """Serve the door of the instance with this key; gives its address and port."""
    if listening is None:
        listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    host, port = listening.getsockname()
    serving = asyncio.get_running_loop().create_task(
        Door(lambda: key).serve(listening, context_of(certificate(key)))
    )
    try:
        yield f"{host}:{port}"
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
