"""The table on disk: whole or not at all, nobody else's, and no younger than it was."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from proxy.core.table import STALE_AFTER, Table
from proxy.net import keeping as module
from proxy.net.keeping import Heard, Keeper, load
from tests.proxy.world import OTHER, WORKSPACE, make_route, make_table
from tests.waiting import until
from wire.routes import ROUTES_AT_ONCE, Del, Hello, Put, Snapshot


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "routes.jsonl"


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0)


def heard_now(*routes, **options) -> Table:
    table = make_table(*routes, **options)
    table.heard = time.monotonic()
    return table


@asynccontextmanager
async def kept(file: Path, table: Table) -> AsyncIterator[Keeper]:
    """A keeper that runs, and has written the table once."""
    keeper = Keeper(file, table)
    work = asyncio.get_running_loop().create_task(keeper.run())
    keeper.note()
    await until(file.exists)
    try:
        yield keeper
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


def change(table: Table, keeper: Keeper, message) -> None:
    table.apply(message, time.monotonic())
    keeper.note(message)


def words(file: Path) -> list[str]:
    return [msgspec.json.decode(line)["op"] for line in file.read_bytes().splitlines()]


async def test_what_is_kept_is_loaded(file: Path) -> None:
    table, fresh = heard_now(sessions={"s9": 5}), Table()
    async with kept(file, table):
        assert load(file, fresh)
    assert fresh.routes == table.routes
    assert (fresh.since, fresh.raw_keys, fresh.ended) == (table.since, table.raw_keys, {"s9": 5})
    assert fresh.fresh(time.monotonic())


async def test_a_change_is_a_line_however_large_the_table_is(file: Path) -> None:
    routes = [make_route(f"amber-otter-{number:010}") for number in range(ROUTES_AT_ONCE + 1)]
    table, fresh = heard_now(*routes), Table()
    async with kept(file, table) as keeper:
        assert words(file) == ["heard", "hello", "snapshot", "part"]
        for seq in (8, 9):
            change(table, keeper, Put(epoch="e", seq=seq, route=make_route(version=seq)))
        await until(lambda: words(file)[4:] == ["put", "put", "heard"])
        change(table, keeper, Del(epoch="e", seq=10, workspace=routes[0].workspace, version=9))
        await until(lambda: words(file)[7:] == ["del", "heard"])
        assert load(file, fresh)
    assert fresh.routes == table.routes
    assert fresh.since == "e:10"


async def test_the_table_is_written_anew_when_changes_outweigh_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEAST", 0)
    table = heard_now()
    async with kept(file, table) as keeper:
        for seq in range(8, 20):
            change(table, keeper, Put(epoch="e", seq=seq, route=make_route(version=seq)))
            await until(lambda seq=seq: f'"version":{seq}'.encode() in file.read_bytes())
            assert len(words(file)) < 12
        assert load(file, Table())


async def test_another_life_of_the_feed_begins_a_new_file(file: Path) -> None:
    table, fresh = heard_now(), Table()
    async with kept(file, table) as keeper:
        change(table, keeper, Hello(epoch="f", keys=[]))
        change(table, keeper, Snapshot(epoch="f", seq=1, routes=[make_route(OTHER)]))
        await until(lambda: b'"epoch":"f"' in file.read_bytes())
        assert load(file, fresh)
    assert set(fresh.routes) == {OTHER}


async def test_its_age_goes_on(file: Path) -> None:
    table, fresh = heard_now(), Table()
    table.heard -= STALE_AFTER
    async with kept(file, table) as keeper:
        assert load(file, fresh)
        assert not fresh.fresh(time.monotonic())
        table.heard = time.monotonic()
        keeper.note()
        await until(lambda: words(file)[-1] == "heard")
        assert load(file, fresh)
        assert fresh.fresh(time.monotonic())


async def test_a_table_that_never_came_is_not_kept(file: Path) -> None:
    table = Table()
    keeper = Keeper(file, table)
    keeper.note()
    await keeper._write()
    assert not file.exists()


async def test_only_its_owner_reads_it(file: Path) -> None:
    file.with_suffix(".json").touch()
    async with kept(file, heard_now()) as keeper:
        keeper.note(Hello(epoch="e", keys=[]))
        await until(lambda: file.stat().st_mode & 0o777 == 0o600)
        names = {one.name for one in file.parent.iterdir()}
    assert names <= {"routes.jsonl", "routes.lock", "routes.new"}


async def test_of_two_processes_one_writes_until_its_end(file: Path) -> None:
    table = heard_now()
    second = Keeper(file, table)
    async with kept(file, table):
        assert not second._is_ours()
    assert second._is_ours()


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[", b'{"op":"hello","epoch":"e","keys":["bm9uZQ=="]}\n', b'{"op":"part"}\n'],
)
def test_what_is_no_table_is_none(file: Path, content: bytes) -> None:
    table = make_table(make_route())
    file.write_bytes(content)
    assert not load(file, table)
    assert set(table.routes) == {WORKSPACE}


def test_a_missing_file_is_no_table(file: Path) -> None:
    assert not load(file, Table())


async def test_a_line_that_was_cut_off_ends_what_is_read(file: Path) -> None:
    table, fresh = heard_now(), Table()
    async with kept(file, table):
        pass
    whole = file.read_bytes()
    file.write_bytes(whole + b'{"op":"put","epoch":"e","seq":8,"rou')
    assert load(file, fresh)
    assert fresh.routes == table.routes
    gone = msgspec.json.encode(Del(epoch="e", seq=99, workspace=WORKSPACE, version=99))
    file.write_bytes(whole + gone + b"\n")
    assert load(file, fresh), "and so does one before which something is missing"
    assert fresh.routes == table.routes


def test_a_sign_of_life_is_a_line_too() -> None:
    assert msgspec.json.encode(Heard(at=1.5)) == b'{"op":"heard","at":1.5}'
