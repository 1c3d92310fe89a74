"""What rows say is carried by migrations: nobody's files look new or go unmentioned."""

from pathlib import Path

from app.db.migrate import downgrade, upgrade
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
