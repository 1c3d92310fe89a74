"""The child's answers and its ends."""

import pytest

from daemon.core.faults import BackupFailed
from daemon.core.restic import explain
from daemon.host import restic_child
from tests.daemon.restics import KEY

pytestmark = pytest.mark.root


async def test_another_key_is_told_as_that(place):
    await place.repositories.start(KEY)
    wrong = type(KEY)(KEY.workspace, "cd" * 32)
    with pytest.raises(BackupFailed) as failed:
        await place.restic.run("points", wrong, place.repository, place.told.append)
    assert failed.value.fault.code == "repository_key"


async def test_a_task_that_there_is_not_ends_badly(place):
    await place.repositories.start(KEY)
    with pytest.raises(BackupFailed) as failed:
        await place.run("burn")
    assert failed.value.fault.code == "backup_failed"


def test_a_node_without_restic_is_not_told_to_look_at_its_disk():
    assert explain(restic_child.NO_PROGRAM).code == "backup_failed"


def test_every_task_has_its_function():
    assert {"start", "backup", "points", "restore"} <= set(restic_child._TASKS)
