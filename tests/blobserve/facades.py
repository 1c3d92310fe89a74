"""A facade on two ports of loopback, for clients that know no unix sockets."""

import asyncio
import json
import os
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aiohttp import web

from app.images.tickets import Tickets
from blobserve.facade import Facade, Nobody
from blobserve.registry.backing import Backing
from blobserve.registry.finding import store_of
from blobserve.registry.upstream import Upstream
from kit.oci.layout import Layout as Store
from tests.blobserve.serving import CHECKOUT
from wire.layout import Layout


@dataclass
class Served:
    """A facade and where it is."""

    folder: Path
    layout: Layout
    facade: Facade
    store: Store
    tickets: Tickets
    own: str
    """Address of the installation's own listener, `127.0.0.1:<port>`."""
    strangers: str

    def authfile(self, token: str) -> Path:
        """Write what clients read a password from."""
        told = {"auth": b64encode(f"podium:{token}".encode()).decode()}
        path = self.folder / f"auth-{len(list(self.folder.glob('auth-*')))}.json"
        path.write_text(json.dumps({"auths": {self.strangers: told}}))
        return path


@asynccontextmanager
async def served(
    folder: Path, upstream: Upstream | None = None, backing: Backing | None = None
) -> AsyncIterator[Served]:
    """Serve a facade of its own folder."""
    home, cache, run = (PurePosixPath(folder / one) for one in ("home", "cache", "run"))
    layout = Layout(home, cache, run)
    Path(layout.registry_run).mkdir(parents=True, exist_ok=True)
    facade = Facade(layout, upstream or Nobody(), backing)
    runners, addresses = [], []
    for handler in (facade.registry.of_own, facade.registry.of_strangers):
        runner = web.ServerRunner(web.Server(handler, access_log=None), shutdown_timeout=1)
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        addresses.append("{}:{}".format(*runner.addresses[0][:2]))
    store, tickets = store_of(layout), Tickets(Path(layout.registry_run))
    try:
        yield Served(folder, layout, facade, store, tickets, *addresses)
    finally:
        for runner in runners:
            await runner.cleanup()


async def ran(*command: str | Path, code: int = 0, home: Path | None = None) -> str:
    """Run a client to its end and return what it wrote, which tells why when it fails."""
    environment = {**os.environ, "HOME": str(home)} if home else None
    process = await asyncio.create_subprocess_exec(
        *(str(one) for one in command),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=CHECKOUT,
        env=environment,
    )
    written = (await process.communicate())[0].decode(errors="replace")
    assert process.returncode == code, written
    return written
