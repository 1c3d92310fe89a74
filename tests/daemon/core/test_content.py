import pytest
from msgspec import convert, structs

from daemon.core.content import (
    Record,
    State,
    Step,
    plan_prepare,
    restored_record,
    status_of,
    with_fault,
)
from daemon.core.faults import fault
from wire.ids import InstanceId

RECORD = Record(workspace="w", opened=2, sealed=0, folder="demo", revision="a" * 40, branch="main")
SEALED = Record(workspace="w", opened=2, sealed=2, folder="demo", revision="a" * 40, branch="main")


@pytest.mark.parametrize(
    ("record", "tree", "n", "fresh", "step"),
    [
        (None, False, 1, True, Step.CREATE),
        (None, True, 1, True, Step.CREATE),
        (None, False, 1, False, Step.MISSING),
        (None, True, 1, False, Step.MISSING),
        (RECORD, True, 2, True, Step.KEEP),
        (RECORD, True, 2, False, Step.KEEP),
        (RECORD, True, 3, False, Step.OPEN),
        (RECORD, True, 3, True, Step.OPEN),
        (SEALED, True, 2, False, Step.OPEN),
        (SEALED, True, 3, False, Step.OPEN),
        (RECORD, False, 2, False, Step.MISSING),
        (RECORD, False, 3, True, Step.MISSING),
    ],
)
def test_what_prepare_does(record, tree, n, fresh, step):
    assert plan_prepare(record, tree=tree, n=n, fresh=fresh) is step


@pytest.mark.parametrize(
    ("opened", "awaits", "left", "step"),
    [
        (2, 0, 0, Step.OPEN),  # nobody knows of another start
        (2, 0, 2, Step.OPEN),
        (3, 0, 2, Step.OPEN),  # the caller had ended before it was told
        (2, 0, 3, Step.STALE),
        (2, 4, 3, Step.OPEN),  # a restore has brought it up to date
        (2, 2, 3, Step.STALE),
    ],
)
def test_nobody_goes_on_from_an_older_tree(opened, awaits, left, step):
    record = structs.replace(SEALED, opened=opened, sealed=opened, awaits=awaits)
    assert plan_prepare(record, tree=True, n=4, fresh=False, left=left) is step
    assert plan_prepare(None, tree=False, n=4, fresh=False, left=left) is Step.MISSING


def test_a_tree_is_ready_while_open_and_sealed_after():
    assert RECORD.state() is State.READY
    assert SEALED.state() is State.SEALED


def test_what_is_told_of_a_tree():
    status = status_of(RECORD, took=0.5)
    assert status.instance == InstanceId("w", 2)
    assert (status.state, status.revision, status.branch) == (State.READY, "a" * 40, "main")
    assert status.took == 0.5


def test_a_reason_beside_the_state():
    status = with_fault(status_of(RECORD), fault("container_alive"))
    assert status.state is State.READY
    assert status.fault.code == "container_alive"


def test_a_restored_tree_is_sealed_and_waits_for_its_instance():
    said = {"workspace": "other", "opened": 7, "folder": "demo", "revision": "r", "branch": "b"}
    said["home"] = "image"
    record = restored_record(said, None, InstanceId("amber-otter-4k2hw9xz1q", 3), "wish")
    assert (record.opened, record.sealed, record.home) == (2, 2, "")
    status = status_of(record)
    assert (status.state, status.restored) == (State.SEALED, "wish")
    assert status.instance == InstanceId("amber-otter-4k2hw9xz1q", 3)
    step = plan_prepare(record, tree=True, n=3, fresh=True)
    assert step is Step.OPEN


def test_a_tree_that_takes_anothers_place_keeps_its_numbers():
    said = {"workspace": "other", "opened": 1, "folder": "demo", "revision": "r", "branch": "b"}
    now = convert({**said, "opened": 5, "sealed": 5}, Record)
    record = restored_record(said, now, InstanceId("amber-otter-4k2hw9xz1q", 5), "wish")
    assert (record.opened, record.sealed, record.workspace) == (5, 5, "amber-otter-4k2hw9xz1q")


def test_a_record_that_lacks_something_is_refused():
    with pytest.raises(ValueError, match="missing required field"):
        restored_record({"workspace": "x"}, None, InstanceId("amber-otter-4k2hw9xz1q", 1), "wish")
