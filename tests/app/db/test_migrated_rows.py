"""What rows say is carried by migrations: nobody's files look new or go unmentioned."""

from pathlib import Path

from sqlalchemy import (
    Connection,
    MetaData,
    NullPool,
    Table,
    create_engine,
    select,
    text,
)
from sqlalchemy.ext.asyncio import create_async_engine

from app.db.migrate import downgrade, upgrade, upgrade_server
from tests.app.db.test_receiving import fill, rows

BEFORE = "0029_restored"
"""Of a Podium that knows neither nodes nor an archive."""
WORKSPACES = "SELECT id, content, backed_up_stop FROM workspaces ORDER BY id"
POINTS = "SELECT id, workspace_id, reason, state, pinned FROM restore_points ORDER BY id"
NEWEST = (
    "SELECT id FROM restore_points WHERE workspace_id = 'stands' AND state = 'done' "
    "ORDER BY coalesce(current_at, made_at) DESC LIMIT 1"
)


def test_archived_workspaces_and_what_nodes_left_go_down_and_up(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    upgrade(path, BEFORE)
    common = {"owner_id": "u", "organisation_id": "o", "wish": "stopped", "n": 2}
    stands = {**common, "id": "stands", "content": "present", "backed_up_stop": 2}
    fill(path, "workspaces", **stands)
    made = {"workspace_id": "stands", "state": "done", "made_at": 5.0}
    fill(path, "restore_points", id="rp-1", reason="stop", current_at=6.0, **made)

    upgrade(path)
    assert rows(path, WORKSPACES) == [("stands", "present", 2)]
    laid_away = {**common, "content": "none", "backed_up_stop": 2, "archived_at": 9.0}
    fill(path, "workspaces", id="archived", **laid_away)
    fill(path, "workspaces", id="gone", deleted_at=9.5, **{**laid_away, "wish": "deleted"})
    fill(path, "workspaces", id="new", **{**common, "content": "none", "n": 0})
    fill(
        path, "restore_points", id="rp-2", reason="archive", **{**made, "workspace_id": "archived"}
    )
    left = {**made, "reason": "left", "node": "b", "made_at": 8.0}
    fill(path, "restore_points", id="rp-3", pinned=1, **left)
    waits = {**left, "made_at": None, "state": "failed"}
    fill(path, "restore_points", id="rp-4", **waits)

    downgrade(path, BEFORE)
    older = rows(path, WORKSPACES)
    # "none" is what has never been: an older Podium clones that anew
    assert older == [("archived", "present", 2), ("gone", "none", 2), ("new", "none", -1),
                     ("stands", "present", 2)]  # fmt: skip
    points = rows(path, POINTS)
    assert points == [
        ("rp-1", "stands", "stop", "done", 0),
        ("rp-2", "archived", "stop", "done", 0),
        ("rp-3", "stands", "found", "done", 1),
    ]
    assert rows(path, NEWEST) == [("rp-1",)]

    upgrade(path)
    assert (rows(path, WORKSPACES), rows(path, POINTS)) == (older, points)
    assert rows(path, "SELECT DISTINCT archived_at, node FROM workspaces") == [(None, "local")]
    assert rows(path, NEWEST) == [("rp-1",)]


UNTRIED = "0031_archive"
"""Before restores were tried again."""
FULL = {"code": "disk_full", "title": "The disk is full"}
OLD = {"code": "old", "title": "Old"}
RESTORES = [
    ("a", "moves", "moves", "failed", 1.0, OLD),
    ("b", "moves", "moves", "failed", 2.0, FULL),
    ("c", "copied", "moves", "failed", 2.0, FULL),
    ("d", "stands", "stands", "failed", 2.0, FULL),
    ("e", "archived", "archived", "failed", 2.0, FULL),
    ("f", "gone", "gone", "failed", 2.0, FULL),
    ("g", "again", "again", "failed", 1.0, FULL),
    ("h", "again", "again", "open", 2.0, None),
]
"""Id, workspace, source, state, moment, problem."""
WHERE = {
    "stands": {"content": "present"},
    "archived": {"archived_at": 1.0},
    "gone": {"deleted_at": 1.0},
    "again": {"restoring": "h"},
}


def insert(connection: Connection, name: str, values: dict[str, object]) -> None:
    """Insert a row; what it needs and is not given is empty."""
    table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
    for one in table.columns:
        if not one.nullable and one.server_default is None and one.name not in values:
            values[one.name] = one.type.python_type()
    connection.execute(table.insert().values(**values))


def restores_of_before(connection: Connection) -> None:
    for name in sorted({one[1] for one in RESTORES}):
        row = {"id": name, "wish": "stopped", "content": "none", **WHERE.get(name, {})}
        insert(connection, "workspaces", row)
    names = ("id", "workspace_id", "source_id", "state", "asked_at", "problem")
    for one in RESTORES:
        insert(connection, "restores", dict(zip(names, one, strict=True)))
    connection.commit()


def untold(connection: Connection) -> list[tuple[str, object]]:
    """Return the workspaces whose restore is tried again, and why."""
    table = Table("workspaces", MetaData(), autoload_with=connection, resolve_fks=False)
    rows = connection.execute(select(table.c.id, table.c.restore_problem)).all()
    return [(name, problem) for name, problem in rows if problem is not None]


def test_what_had_not_been_restored_is_told_and_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "podium.db"
    upgrade(path, UNTRIED)
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as connection:
        restores_of_before(connection)
    upgrade(path)
    with engine.connect() as connection:
        assert untold(connection) == [("moves", FULL)]


async def test_it_is_on_a_server_as_well(empty: str) -> None:
    await upgrade_server(empty, UNTRIED)
    engine = create_async_engine(empty, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.execute(text("SET session_replication_role = replica"))  # no owners
        await connection.run_sync(restores_of_before)
    await upgrade_server(empty)
    async with engine.connect() as connection:
        assert await connection.run_sync(untold) == [("moves", FULL)]
    await engine.dispose()
