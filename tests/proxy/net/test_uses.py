"""What was used is told, once for each workspace; a server that is away is no trouble."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from kit.tasks import Tasks
from proxy.net.uses import PATH, Uses
from tests.proxy.core.test_use import OPENED
from tests.waiting import until


class Server:
    """Keeps what it is told."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.told: list[list[str]] = []
        app = web.Application()
        app.router.add_post(PATH, self._take)
        self._runner = web.AppRunner(app)

    async def _take(self, request: web.Request) -> web.Response:
        self.told.append((await request.json())["used"])
        return web.Response(status=204)

    async def start(self) -> None:
        await self._runner.setup()
        await web.UnixSite(self._runner, self.path).start()

    async def stop(self) -> None:
        await self._runner.cleanup()


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    made = Tasks()
    yield made
    await made.close()


async def test_each_workspace_is_told_once(tmp_path: Path, tasks: Tasks) -> None:
    server = Server(str(tmp_path / "internal.sock"))
    uses = Uses(server.path, every=0.01)
    for record in (OPENED, OPENED, msgspec.structs.replace(OPENED, workspace="b")):
        uses.note(record)
    uses.note(msgspec.structs.replace(OPENED, workspace="c", port=23000))
    await server.start()
    tasks.spawn(uses.run(), "uses")
    await until(lambda: server.told)
    assert server.told == [sorted([OPENED.workspace, "b"])]
    await server.stop()


async def test_it_goes_on_after_a_server_was_away(tmp_path: Path, tasks: Tasks) -> None:
    server = Server(str(tmp_path / "internal.sock"))
    uses = Uses(server.path, every=0.01)
    uses.note(OPENED)
    running = tasks.spawn(uses.run(), "uses")
    await until(lambda: not uses._used)
    await server.start()

    def used_again() -> bool:
        uses.note(OPENED)
        return bool(server.told)

    await until(used_again)
    assert not running.done()
    await asyncio.gather(server.stop())
