"""A control plane with share links, and a workspace of alice's."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio

from app.accounts.keys import Keys
from app.shares.opening import Opened, Opening
from app.shares.policy import Policy
from app.shares.service import Shares
from app.shares.structs import CreateShare, ShareView
from tests.app.browser import Browser
from tests.app.server import open_server
from tests.app.workspaces.control import HOSTS, Control, open_control
from wire.routes import Route


@dataclass
class Sharing:
    control: Control
    keys: Keys
    shares: Shares
    opening: Opening
    workspace: str

    async def share(self, port: int = 3000, **wanted: object) -> ShareView:
        made = CreateShare(**wanted)  # type: ignore[arg-type] # whatever the test wants
        return await self.shares.create(self.control.alice, self.workspace, port, made)

    async def open(self, share: ShareView, password: str = "") -> Opened:
        token = share.url.partition("#")[2]
        return await self.opening.open(token, share.workspace, share.port, password)

    async def seen(self, share: ShareView) -> ShareView | None:
        found = await self.shares.list(self.control.alice, self.workspace)
        return next((one for one in found if one.id == share.id), None)

    @property
    def route(self) -> Route:
        found = self.control.feed.route(self.workspace)
        assert found is not None
        return found

    async def history(self) -> list[tuple[str, str]]:
        events = await self.control.service.events(self.control.alice, self.workspace)
        return [(one.kind, one.text) for one in reversed(events)][1:]


@pytest_asyncio.fixture
async def sharing(tmp_path: Path) -> AsyncIterator[Sharing]:
    async with open_control(tmp_path) as control:
        keys = Keys(b"k" * 32)
        shares = Shares(control.store, HOSTS, keys, Policy())
        workspace = (await control.create()).id
        yield Sharing(control, keys, shares, Opening(control.store, keys), workspace)


@pytest_asyncio.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with open_server(tmp_path) as server:
        found = Browser(server)
        await found.sign_in()
        yield found
