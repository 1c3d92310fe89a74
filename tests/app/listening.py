"""One listener of an application on a real socket, served as the process does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from litestar import Litestar

from app.__main__ import make_server
from app.accounts.access import Listener
from kit.linkcerts import LinkCerts
from kit.listening import listen_on
from kit.tasks import Tasks
from kit.unixsocket import bind_unix
from tests.waiting import until


@asynccontextmanager
async def listening(app: Litestar, listener: Listener, folder: Path) -> AsyncIterator[str]:
    """Serve until left; gives the socket's path."""
    path = str(folder / f"{listener.value}.sock")
    server: uvicorn.Server = make_server(app, listener)
    tasks = Tasks()
    serving = tasks.spawn(server.serve(sockets=[bind_unix(path, 0o600)]), "uvicorn")
    await _started(server)
    try:
        yield path
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def on_network(app: Litestar, listener: Listener, certs: LinkCerts) -> AsyncIterator[int]:
    """Serve on loopback, in TLS, until left; gives the port."""
    bound, *others = listen_on("127.0.0.1", 0)
    for one in others:
        one.close()
    server: uvicorn.Server = make_server(app, listener, certs)
    tasks = Tasks()
    serving = tasks.spawn(server.serve(sockets=[bound]), "uvicorn")
    await _started(server)
    try:
        yield bound.getsockname()[1]
    finally:
        server.should_exit = True
        await serving


async def _started(server: uvicorn.Server) -> None:
    await until(lambda: server.started)
