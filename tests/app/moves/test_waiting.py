"""Why a workspace of a node that is being emptied does not move yet."""

from typing import Any

import pytest

from app.db.workspaces import InstanceRow, WorkspaceRow
from app.moves.waiting import Waiting, why
from wire.phases import Phase

FULL = {"code": "disk_full", "title": "The disk is full"}


def row(**words: Any) -> WorkspaceRow:
    plain: dict[str, Any] = {
        "wish": "stopped", "content": "present", "restoring": "", "snapshot": "", "n": 1,
        "backed_up_stop": 1, "archived_at": None, "deleted_at": None, "backup_problem": None,
    }  # fmt: skip
    return WorkspaceRow(**{**plain, **words})


def at(phase: Phase) -> InstanceRow:
    return InstanceRow(live=phase is not Phase.STOPPED, phase=phase.value)


STOPPED = at(Phase.STOPPED)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Waiting(row(), STOPPED), ""),
        (Waiting(row(backed_up_stop=-1), at(Phase.RUNNING)), ""),
        (Waiting(row(), at(Phase.STOPPING)), "is stopping"),
        (Waiting(row(backed_up_stop=-1), STOPPED), "is being made"),
        (Waiting(row(backed_up_stop=-1, backup_problem=FULL), STOPPED), "The disk is full"),
        (Waiting(row(archived_at=1.0), STOPPED), "being archived"),
        (Waiting(row(restoring="rs"), STOPPED), "being restored"),
        (Waiting(row(), STOPPED, frozen=True), "snapshot"),
        (Waiting(row(wish="deleted"), STOPPED), "being deleted."),
        (Waiting(row(wish="deleted", backup_problem=FULL), STOPPED), "not backed up: The disk"),
        (Waiting(row(wish="deleted", content="none"), STOPPED), "being deleted."),
        (Waiting(row(content="none"), at(Phase.CREATING)), "is starting"),
        (Waiting(row(content="none", snapshot="s"), at(Phase.PENDING)), "begins as a snapshot"),
    ],
)
def test_why(one: Waiting, words: str) -> None:
    told = why(one)
    assert words in told
    assert bool(told) is bool(words)


def test_what_is_in_restore_points_alone_is_carried() -> None:
    archived = Waiting(row(content="none", archived_at=1.0), STOPPED)
    deleted = Waiting(row(content="none", wish="deleted", deleted_at=1.0), STOPPED)
    failed = Waiting(row(content="none"), STOPPED, meant=True)
    for one in (archived, deleted, failed):
        assert one.carried
        assert not one.placed
        assert not why(one)


def test_what_is_nowhere_yet_begins_anywhere() -> None:
    fresh = Waiting(row(content="none"), at(Phase.PENDING))
    assert fresh.placed
    assert not fresh.carried
    assert not why(fresh)
    assert not Waiting(row(content="none"), at(Phase.CREATING)).placed
