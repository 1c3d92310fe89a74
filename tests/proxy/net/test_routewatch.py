"""A file in the place of the route feed."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from proxy.core.routefile import RouteFileError
from proxy.core.table import Table
from proxy.net.routewatch import RouteWatch, tell
from tests.proxy.world import OTHER, PUBLIC, WORKSPACE
from tests.waiting import until
from wire.routes import FeedMessage


def write(file: Path, *workspaces: str) -> None:
    fresh = file.with_suffix(".new")
    routes = {one: {"target": "127.0.0.1"} for one in workspaces}
    fresh.write_text(json.dumps({"keys": [PUBLIC], "routes": routes}))
    fresh.rename(file)


@asynccontextmanager
async def followed(file: Path, table: Table, again: asyncio.Event) -> AsyncIterator[RouteWatch]:
    def receive(message: FeedMessage) -> bool:
        return table.apply(message, 0.0) is not None

    watch = RouteWatch(file, 9001, again)
    await tell(watch.read(), receive)
    running = asyncio.get_running_loop().create_task(watch.run(table, receive))
    try:
        yield watch
    finally:
        running.cancel()


async def test_a_change_counts_by_itself(tmp_path: Path) -> None:
    file, table = tmp_path / "routes.json", Table()
    write(file, WORKSPACE)
    async with followed(file, table, asyncio.Event()):
        assert set(table.routes) == {WORKSPACE}
        assert table.raw_keys == [PUBLIC]
        write(file, WORKSPACE, OTHER)
        await until(lambda: set(table.routes) == {WORKSPACE, OTHER})
        assert table.heard > 0


async def test_it_is_read_when_told_though_it_looks_the_same(tmp_path: Path) -> None:
    file, table, again = tmp_path / "routes.json", Table(), asyncio.Event()
    write(file, WORKSPACE)
    before = file.stat()
    async with followed(file, table, again):
        file.write_text(file.read_text().replace(WORKSPACE, OTHER[: len(WORKSPACE)].ljust(22, "0")))
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        again.set()
        await until(lambda: WORKSPACE not in table.routes)


async def test_a_file_that_cannot_be_used_changes_nothing(tmp_path: Path) -> None:
    file, table, again = tmp_path / "routes.json", Table(), asyncio.Event()
    write(file, WORKSPACE)
    async with followed(file, table, again):
        for spoil in (lambda: file.write_text("{"), file.unlink):
            spoil()
            again.set()
            await until(lambda: not again.is_set() or not file.exists())
            assert set(table.routes) == {WORKSPACE}
        write(file, OTHER)
        await until(lambda: set(table.routes) == {OTHER})


async def test_at_the_start_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        RouteWatch(tmp_path / "none", 9001, asyncio.Event()).read()
    (tmp_path / "bad").write_text("{}")
    with pytest.raises(RouteFileError, match="missing required field `routes`"):
        RouteWatch(tmp_path / "bad", 9001, asyncio.Event()).read()
