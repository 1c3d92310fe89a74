"""The agent link over a real WebSocket on a unix socket, as supervisors use it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec import json
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import InvalidStatus

from app.accounts.access import Listener
from app.workspaces.agentapi import GARBLED, GONE, PROTOCOL_UNKNOWN, SUPERSEDED
from app.workspaces.structs import WorkspaceView
from tests.app.listening import listening
from tests.app.people import person
from tests.app.server import Server, open_server
from tests.app.workspaces.control import DEMO, DONE
from tests.waiting import until
from wire.agent import AGENT_PATH, PROTOCOL, PROTOCOL_HEADER, Desired, Observed
from wire.phases import Phase


@dataclass
class Link:
    server: Server
    path: str
    workspace: WorkspaceView

    @property
    def token(self) -> str:
        assert self.workspace.instance is not None
        secrets = self.server.app.state.store.secrets
        return str(secrets.token(self.workspace.instance.id))

    @asynccontextmanager
    async def connect(
        self, token: str = "", protocol: int = PROTOCOL
    ) -> AsyncIterator["Supervisor"]:
        headers = {
            "authorization": f"Bearer {token or self.token}",
            PROTOCOL_HEADER: str(protocol),
        }
        async with unix_connect(
            self.path, uri=f"ws://server{AGENT_PATH}", additional_headers=headers
        ) as socket:
            yield Supervisor(socket)

    async def view(self) -> WorkspaceView:
        found: WorkspaceView = await self.server.app.state.workspaces.get(
            person(self.workspace.owner), self.workspace.id
        )
        return found


class Supervisor:
    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def desired(self) -> Desired:
        return json.decode(await self.socket.recv(), type=Desired)

    async def report(self, observed: Observed) -> None:
        await self.socket.send(json.encode(observed).decode())

    async def closed(self) -> int:
        """Read to the end; returns the close code."""
        await self.socket.wait_closed()
        assert self.socket.close_code is not None
        return self.socket.close_code


@pytest_asyncio.fixture
async def link(tmp_path: Path) -> AsyncIterator[Link]:
    async with (
        open_server(tmp_path) as server,
        listening(server.app, Listener.AGENT, tmp_path) as path,
    ):
        owner = (await server.public.get("/api/v1/workspaces", headers=server.bearer)).json()
        assert owner == {"workspaces": []}
        reply = await server.public.post(
            "/api/v1/workspaces", json={"url": DEMO.url}, headers=server.bearer
        )
        made = await server.app.state.workspaces.get(
            person(reply.json()["owner"]), reply.json()["id"]
        )
        await _contained(server)
        yield Link(server, path, made)


async def _contained(server: Server) -> None:
    await until(lambda: len(server.node.containers) == 1)


async def test_a_supervisor_is_told_and_tells(link: Link) -> None:
    async with link.connect() as supervisor:
        desired = await supervisor.desired()
        assert desired.workspace == link.workspace.id
        assert desired.checkout is not None
        await supervisor.report(Observed(version=1, checkout=DONE, ide=DONE))

        async def runs() -> bool:
            return (await link.view()).phase is Phase.RUNNING

        await until(runs)
        # The checkout is done for good, so the wanted document is another one now.
        again = await supervisor.desired()
        assert again.checkout is None
        assert again.version > desired.version


@pytest.mark.parametrize("token", ["wrong", "a" * 43])
async def test_a_wrong_token_is_not_let_in(link: Link, token: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with link.connect(token):
            pass
    assert refused.value.response.status_code == 403


async def test_a_protocol_that_is_not_spoken_is_told(link: Link) -> None:
    async with link.connect(protocol=PROTOCOL + 1) as supervisor:
        assert await supervisor.closed() == PROTOCOL_UNKNOWN
    async with link.connect(protocol=PROTOCOL - 1) as supervisor:
        assert (await supervisor.desired()).workspace == link.workspace.id


async def test_the_newest_connection_wins(link: Link) -> None:
    async with link.connect() as first:
        await first.desired()
        async with link.connect() as second:
            await second.desired()
            assert await first.closed() == SUPERSEDED
            await second.report(Observed(version=1, checkout=DONE, ide=DONE))

            async def runs() -> bool:
                return (await link.view()).phase is Phase.RUNNING

            await until(runs)


async def test_smaller_versions_are_dropped(link: Link) -> None:
    async with link.connect() as supervisor:
        await supervisor.desired()
        await supervisor.report(Observed(version=5, conditions={"ide_failing": "new"}))
        await supervisor.report(Observed(version=4, conditions={"ide_failing": "old"}))
        await supervisor.report(Observed(version=6, checkout=DONE))
        await supervisor.desired()
    view = await link.view()
    assert view.instance is not None
    assert "ide_failing" not in view.instance.conditions


@pytest.mark.parametrize("text", ["{", '{"version": "x"}', "[]"])
async def test_what_cannot_be_read_ends_the_link(link: Link, text: str) -> None:
    async with link.connect() as supervisor:
        await supervisor.desired()
        await supervisor.socket.send(text)
        assert await supervisor.closed() == GARBLED


async def test_the_link_ends_with_its_instance(link: Link) -> None:
    async with link.connect() as supervisor:
        await supervisor.desired()
        await link.server.app.state.workspaces.stop(
            person(link.workspace.owner), link.workspace.id, force=True
        )
        assert await supervisor.closed() == GONE
    with pytest.raises(InvalidStatus):
        async with link.connect():
            pass
