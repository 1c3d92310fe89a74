"""The table on disk: whole or not at all, nobody else's, and no younger than it was."""

import time
from pathlib import Path

import pytest

from proxy.core.table import STALE_AFTER, Table
from proxy.net.keeping import freeze, load, save
from tests.proxy.world import OTHER, WORKSPACE, make_route, make_table
from wire.routes import Del


def heard_now() -> Table:
    table = make_table(sessions={"s9": 5})
    table.heard = time.monotonic()
    return table


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    file, table, fresh = tmp_path / "routes.json", heard_now(), Table()
    save(file, freeze(table))
    assert load(file, fresh)
    assert fresh.routes == table.routes
    assert (fresh.since, fresh.raw_keys, fresh.ended) == (table.since, table.raw_keys, {"s9": 5})
    assert fresh.fresh(time.monotonic())


def test_its_age_goes_on(tmp_path: Path) -> None:
    file, table, fresh = tmp_path / "routes.json", heard_now(), Table()
    table.heard -= STALE_AFTER
    save(file, freeze(table))
    assert load(file, fresh)
    assert not fresh.fresh(time.monotonic())


def test_a_table_that_never_heard_is_old(tmp_path: Path) -> None:
    file, fresh = tmp_path / "routes.json", Table()
    save(file, freeze(Table()))
    assert load(file, fresh)
    assert not fresh.fresh(time.monotonic())


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "routes.json"
    save(file, freeze(heard_now()))
    save(file, freeze(heard_now()))
    assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["routes.json"]


def test_later_changes_do_not_touch_what_was_frozen() -> None:
    table = heard_now()
    frozen = freeze(table)
    table.apply(Del(epoch="e", seq=8, workspace=OTHER, version=9), time.monotonic())
    assert {one.workspace for one in frozen.snapshot.routes} == {WORKSPACE, OTHER}


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[", b'{"keys":["bm9uZQ=="],"snapshot":{"epoch":"e","seq":1}}']
)
def test_what_is_no_table_is_none(tmp_path: Path, content: bytes) -> None:
    file, table = tmp_path / "routes.json", make_table(make_route())
    file.write_bytes(content)
    assert not load(file, table)
    assert set(table.routes) == {WORKSPACE}


def test_a_missing_file_is_no_table(tmp_path: Path) -> None:
    assert not load(tmp_path / "none.json", Table())


def test_a_half_written_file_is_never_taken(tmp_path: Path) -> None:
    file = tmp_path / "routes.json"
    save(file, freeze(heard_now()))
    file.with_suffix(".new").write_bytes(b"half")
    table = Table()
    assert load(file, table)
    save(file, freeze(table))
    assert load(file, Table())
