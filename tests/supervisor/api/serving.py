"""A table of endpoints on both of a supervisor's listeners, and clients of them."""

import json
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from supervisor.api.endpoint import Endpoint
from supervisor.api.server import Api
from supervisor.api.table import PREFIX, Table
from supervisor.host.processes import Account
from tests.ports import free_port
from tests.supervisor.samples import KEY
from wire.proof import PROOF_HEADER, Bearer, prove

OWNER = Bearer("u_1", "owner")


def proof(
    target: str, *, key: str = KEY, method: str = "GET", bearer: Bearer = OWNER, late: float = 0
) -> dict[str, str]:
    """The header that the proxy would send; `target` as it is sent, with the prefix."""
    return {PROOF_HEADER: prove(key, method, target, bearer, time.time() - late)}


class Served:
    """Both listeners; `key` is what the server has told."""

    def __init__(self, path: str) -> None:
        self.key = KEY
        self.port = free_port()
        self.path = path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def ask(
        self, method: str, path: str, headers: Any = None, **given: Any
    ) -> tuple[int, Any]:
        """Ask the port for a path below the prefix, with a proof unless headers are given."""
        target = PREFIX + path
        claimed = proof(target, method=method) if headers is None else headers
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self.url + target, headers=claimed, **given) as answer,
        ):
            return answer.status, _read(await answer.text())

    async def inside(self, method: str, path: str, **given: Any) -> tuple[int, Any]:
        """Ask on the person's socket."""
        async with (
            self.session() as session,
            session.request(method, f"http://localhost{path}", **given) as answer,
        ):
            return answer.status, _read(await answer.text())

    def session(self) -> aiohttp.ClientSession:
        """A session whose connections go to the socket."""
        return aiohttp.ClientSession(connector=aiohttp.UnixConnector(self.path))


def _read(text: str) -> Any:
    return json.loads(text) if text else None


@asynccontextmanager
async def serving(endpoints: Sequence[Endpoint], account: Account) -> AsyncIterator[Served]:
    """Serve for as long as the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        made = Served(str(Path(folder, "gp.sock")))
        api = Api(Table(endpoints), lambda: made.key)
        servers = [await api.on_port(made.port), await api.on_socket(made.path, account)]
        yield made
        for server in servers:
            server.close()
        for server in servers:
            await server.wait_closed()
